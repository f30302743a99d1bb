import Lake

open Lake DSL

package DeepLinear where
  version := v!"0.3.0"
  description := "Deep linear networks: the loss landscape, gradient flow and gradient descent"
  keywords := #["math", "machine-learning", "deep-learning", "optimization"]
  license := "Apache-2.0"
  leanOptions := #[
    ⟨`pp.unicode.fun, true⟩,
    ⟨`relaxedAutoImplicit, false⟩,
    ⟨`maxSynthPendingDepth, 3⟩,
    ⟨`weak.linter.mathlibStandardSet, true⟩]

require mathlib from git
  "https://github.com/leanprover-community/mathlib4.git" @ "v4.32.0"

/-- What one requires: definitions and theorems. -/
@[default_target]
lean_lib DeepLinear

/-- Concrete networks with proofs about them, and a file to begin with. -/
lean_lib DeepLinearExamples where
  roots := #[`DeepLinearExamples, `Examples]

/-- Which theorems are headlines; the programs beside it are run, not built. -/
lean_lib Tools where
  roots := #[`Tools.Tag, `Tools.Headlines]

/-- The headline statements, importing only Mathlib; `lake build Challenge` warns of each `sorry`. -/
lean_lib Challenge

/-- The same statements, proved by the library. -/
lean_lib Solution

/-- Run `lean` on the library that was built. -/
def lean (arguments : Array String) : ScriptM UInt32 := do
  let child ← IO.Process.spawn { cmd := "lean", args := arguments, env := ← getAugmentedEnv }
  child.wait

/-- Build a library of this package. -/
def built (name : Lean.Name) : ScriptM Unit := do
  let ws ← getWorkspace
  let some lib := ws.root.findLeanLib? name | error s!"there is no library {name}"
  ws.runBuild lib.fetch

/-- Build the two and compare them. -/
@[test_driver]
script test do
  for name in [`Challenge, `Solution, `Tools] do built name
  lean #["--run", "Tools/Compare.lean"]

/-- Docstrings, axioms, and the linters of Batteries. -/
@[lint_driver]
script lint do
  for name in [`DeepLinear, `DeepLinearExamples] do built name
  lean #["Tools/Lint.lean"]
