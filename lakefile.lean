import Lake

open Lake DSL

package DeepLinear where
  leanOptions := #[
    ⟨`pp.unicode.fun, true⟩,
    ⟨`relaxedAutoImplicit, false⟩,
    ⟨`maxSynthPendingDepth, 3⟩,
    ⟨`weak.linter.mathlibStandardSet, true⟩]

require mathlib from git
  "https://github.com/leanprover-community/mathlib4.git" @ "81a5d257c8e410db227a6665ed08f64fea08e997"

@[default_target]
lean_lib DeepLinear

/-- The headline statements, importing only Mathlib; `lake build Challenge` warns of each `sorry`. -/
lean_lib Challenge

/-- The same statements, proved by the library. -/
lean_lib Solution

/-- Run `lean` on the library that was built. -/
def lean (arguments : Array String) : ScriptM UInt32 := do
  let child ← IO.Process.spawn { cmd := "lean", args := arguments, env := ← getAugmentedEnv }
  child.wait

/-- Compare the two, after `lake build Challenge Solution`. -/
@[test_driver]
script test do
  lean #["--run", "Compare.lean"]

/-- Docstrings and axioms, after `lake build`. -/
@[lint_driver]
script lint do
  lean #["Lint.lean"]
