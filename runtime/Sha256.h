//===- Sha256.h - digests of the kernel cache -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_SHA256_H
#define MIXC_RUNTIME_SHA256_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mixc::runtime {

/// SHA-256 of FIPS 180-4. Not LLVM's: the runtime links no LLVM.
class Sha256 {
public:
  using Digest = std::array<uint8_t, 32>;

  void add(std::string_view bytes);
  /// A field of several: its length goes in front, so that no two lists of fields are alike.
  void addField(std::string_view bytes);
  /// Of all that was added. Nothing may be added after that.
  Digest finish();

  static Digest of(std::string_view bytes);

private:
  void addBlock(const uint8_t *block);

  std::array<uint32_t, 8> state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending{};
  uint64_t count = 0;
};

/// Lower-case hexadecimal digits.
std::string hexText(const Sha256::Digest &digest);

} // namespace mixc::runtime

#endif // MIXC_RUNTIME_SHA256_H
