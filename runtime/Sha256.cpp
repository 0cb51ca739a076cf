//===- Sha256.cpp - digests of the kernel cache ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

using namespace mixc::runtime;

/// The first 32 bits of the fractions of the cube roots of the first 64 primes.
static constexpr uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void Sha256::addBlock(const uint8_t *block) {
  uint32_t words[64];
  for (int k = 0; k < 16; ++k)
    words[k] = uint32_t(block[4 * k]) << 24 | uint32_t(block[4 * k + 1]) << 16 |
               uint32_t(block[4 * k + 2]) << 8 | block[4 * k + 3];
  for (int k = 16; k < 64; ++k) {
    uint32_t x = words[k - 15], y = words[k - 2];
    words[k] = words[k - 16] + words[k - 7] + (std::rotr(x, 7) ^ std::rotr(x, 18) ^ x >> 3) +
               (std::rotr(y, 17) ^ std::rotr(y, 19) ^ y >> 10);
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (int k = 0; k < 64; ++k) {
    uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                     ((e & f) ^ (~e & g)) + constants[k] + words[k];
    uint32_t second =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  const uint32_t added[] = {a, b, c, d, e, f, g, h};
  for (int k = 0; k < 8; ++k)
    state[k] += added[k];
}

void Sha256::add(std::string_view bytes) {
  while (!bytes.empty()) {
    size_t filled = count % 64, taken = std::min(bytes.size(), 64 - filled);
    std::memcpy(pending.data() + filled, bytes.data(), taken);
    count += taken;
    bytes.remove_prefix(taken);
    if (count % 64 == 0)
      addBlock(pending.data());
  }
}

void Sha256::addField(std::string_view bytes) {
  uint64_t size = bytes.size();
  add({reinterpret_cast<const char *>(&size), sizeof size});
  add(bytes);
}

Sha256::Digest Sha256::finish() {
  uint64_t bits = count * 8;
  add(std::string_view("\x80", 1));
  while (count % 64 != 56)
    add(std::string_view("\0", 1));
  char length[8];
  for (int k = 0; k < 8; ++k)
    length[k] = static_cast<char>(bits >> (56 - 8 * k));
  add({length, sizeof length});
  Digest digest;
  for (size_t k = 0; k < digest.size(); ++k)
    digest[k] = static_cast<uint8_t>(state[k / 4] >> (24 - 8 * (k % 4)));
  return digest;
}

Sha256::Digest Sha256::of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

std::string mixc::runtime::hexText(const Sha256::Digest &digest) {
  std::string text;
  for (uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}
