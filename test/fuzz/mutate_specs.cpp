// Mutants of the specs in the given files and folders through parser, formatter and checker.
//
//   mutate_specs [--seed S] [--count N | --seconds T] [--limit SECONDS] [--number I] [--artifacts
//   DIR] PATH...
//
// No mutant may crash the front end, keep it busy beyond the limit, or be refused without saying
// where and why. One that does is written to DIR and the run ends; its number repeats it.
#include "test/frontends/mix/RoundTrip.h"
#include "test/fuzz/CheckText.h"
#include "test/fuzz/Mutations.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <set>
#include <sys/time.h>
#include <unistd.h>

using namespace llvm;

namespace {
struct Run {
  uint64_t seed = 0, count = 0, seconds = 0, limit = 2;
  std::optional<uint64_t> number;
  std::string artifacts = ".";
  std::vector<std::string> corpus;
};
} // namespace

// What the signal handler needs: the mutant at hand and where it goes.
static std::string mutant, artifact;

static void writeMutant() {
  int file = ::open(artifact.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  if (file < 0 || ::write(file, mutant.data(), mutant.size()) < 0)
    return;
  ::close(file);
}

static void onSignal(int signal) {
  writeMutant();
  const char *what = signal == SIGALRM ? "FAIL (too slow): " : "FAIL (crash): ";
  (void)!::write(1, what, strlen(what));
  (void)!::write(1, artifact.data(), artifact.size());
  (void)!::write(1, "\n", 1);
  ::_exit(1);
}

static void catchSignals() {
  static char stack[1 << 16];
  stack_t alternative = {};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof stack;
  sigaltstack(&alternative, nullptr);
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK;
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM})
    sigaction(signal, &action, nullptr);
}

static void setAlarm(uint64_t seconds) {
  itimerval timer = {};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

static void read(StringRef path, std::vector<std::string> &corpus) {
  if (sys::fs::is_directory(path)) {
    // In an order that does not depend on the file system.
    std::set<std::string> files;
    std::error_code error;
    for (sys::fs::recursive_directory_iterator it(path, error), end; it != end && !error;
         it.increment(error))
      if (sys::path::extension(it->path()) == ".mix")
        files.insert(it->path());
    for (const std::string &file : files)
      read(file, corpus);
  } else if (auto buffer = MemoryBuffer::getFile(path)) {
    corpus.push_back((*buffer)->getBuffer().str());
  }
}

static bool parseArguments(int argc, char **argv, Run &run) {
  std::map<StringRef, uint64_t *> numbers = {{"--seed", &run.seed},
                                             {"--count", &run.count},
                                             {"--seconds", &run.seconds},
                                             {"--limit", &run.limit}};
  for (int at = 1; at < argc; ++at) {
    StringRef argument = argv[at];
    uint64_t value = 0;
    bool isOption = argument.starts_with("--");
    if (isOption && ++at == argc)
      return false;
    if (argument == "--artifacts") {
      run.artifacts = argv[at];
    } else if (!isOption) {
      read(argument, run.corpus);
    } else if (StringRef(argv[at]).getAsInteger(10, value)) {
      return false;
    } else if (argument == "--number") {
      run.number = value;
    } else if (auto found = numbers.find(argument); found != numbers.end()) {
      *found->second = value;
    } else {
      return false;
    }
  }
  if (!run.count && !run.seconds)
    run.count = 1000;
  return !run.corpus.empty();
}

int main(int argc, char **argv) {
  Run run;
  if (!parseArguments(argc, argv, run)) {
    errs() << "usage: mutate_specs [--seed S] [--count N | --seconds T] [--limit SECONDS] "
              "[--number I] "
              "[--artifacts DIR] PATH...\n";
    return 2;
  }
  catchSignals();
  sys::fs::create_directories(run.artifacts);
  mixc::mix::Mutations mutations(run.corpus);
  auto start = std::chrono::steady_clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  uint64_t done = 0, good = 0;
  for (uint64_t number = run.number.value_or(0);
       run.count ? done < run.count : elapsed() < run.seconds; ++number) {
    mutant = mutations.mutant(run.seed, number);
    artifact = run.artifacts + "/mutant-" + std::to_string(run.seed) + "-" +
               std::to_string(number) + ".mix";
    setAlarm(run.limit);
    std::string failure = mixc::mix::roundTripFailure(mutant);
    bool accepted = false;
    if (failure.empty())
      failure = mixc::mix::checkFailure(mutant, &accepted);
    setAlarm(0);
    ++done;
    good += accepted;
    if (!failure.empty()) {
      writeMutant();
      outs() << "FAIL: " << artifact << '\n' << failure << '\n';
      outs() << "0 passed, 1 failed\n";
      return 1;
    }
    if (run.number)
      break;
  }
  outs() << "mutants: " << done << " of " << run.corpus.size() << " specs, " << good
         << " of them valid, in " << static_cast<int>(elapsed()) << " s\n";
  outs() << done << " passed, 0 failed\n";
  return 0;
}
