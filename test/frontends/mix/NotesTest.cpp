// Every error says what to do about it: those of all the texts in this folder do.
#include "dialects/mixer/Mixer.h"
#include "frontends/mix/Frontend.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include "gtest/gtest.h"

#include <set>

using namespace mixc::mix;

namespace {

TEST(Notes, EveryErrorSaysWhatToDo) {
  std::set<std::string> messages;
  std::error_code failure;
  for (llvm::sys::fs::directory_iterator at(MIXC_SPECS, failure), end; at != end && !failure;
       at.increment(failure)) {
    if (llvm::sys::path::extension(at->path()) != ".mix")
      continue;
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<mixc::mixer::MixerDialect>();
    SourceManager sources;
    Diagnostics diags(sources);
    if (auto module = Module::load(sources, at->path(), diags))
      check(context, *module, diags);
    for (const Diagnostic &diagnostic : diags.list()) {
      EXPECT_FALSE(diagnostic.severity == Severity::Error && diagnostic.notes.empty())
          << at->path() << ": " << diagnostic.message;
      messages.insert(diagnostic.message);
    }
  }
  EXPECT_FALSE(failure) << failure.message();
  // The texts were found, and are wrong in many ways.
  EXPECT_GT(messages.size(), 150u);
}

TEST(Notes, AlsoOfAFileThatIsNotThere) {
  SourceManager sources;
  Diagnostics diags(sources);
  EXPECT_EQ(Module::load(sources, MIXC_SPECS "/absent.mix", diags), nullptr);
  ASSERT_EQ(diags.list().size(), 1u);
  EXPECT_FALSE(diags.list().front().notes.empty());
}

} // namespace
