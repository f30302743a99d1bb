import Lake

open Lake DSL

/-- How every file is elaborated. -/
def options : Array LeanOption := #[
  ⟨`pp.unicode.fun, true⟩,
  ⟨`relaxedAutoImplicit, false⟩,
  ⟨`maxSynthPendingDepth, 3⟩]

package DeepLinear where
  version := v!"0.3.0"
  description := "Deep linear networks: the loss landscape, gradient flow and gradient descent"
  keywords := #["math", "machine-learning", "deep-learning", "optimization"]
  homepage := "https://arxiv.org/abs/1702.08580" -- the paper that it formalizes
  license := "Apache-2.0"
  leanOptions := options

require mathlib from git
  "https://github.com/leanprover-community/mathlib4.git" @ "v4.32.0"

/-- `lake build` runs no linters, which take a twentieth of the time; `lake lint` runs them all. -/
def unlinted : Array String := #["-Dlinter.all=false"]

/-- What one requires: definitions and theorems. -/
@[default_target]
lean_lib DeepLinear where
  weakLeanArgs := unlinted

/-- Concrete networks with proofs about them, and a file to begin with. -/
lean_lib DeepLinearExamples where
  roots := #[`DeepLinearExamples, `Examples]
  weakLeanArgs := unlinted

/-- Which theorems are headlines; the programs beside it are run, not built. -/
lean_lib Tools where
  roots := #[`Tools.Tag, `Tools.Headlines]

/-- The headline statements, importing only Mathlib; `lake build Challenge` warns of each `sorry`. -/
lean_lib Challenge

/-- The same statements, proved by the library. -/
lean_lib Solution

/-- Run `lean` on the library that was built. -/
def lean (args : Array String) (env : Array (String × Option String)) : IO UInt32 := do
  (← IO.Process.spawn { cmd := "lean", args, env }).wait

/-- Build a library of this package. -/
def built (name : Lean.Name) : ScriptM Unit := do
  let ws ← getWorkspace
  let some lib := ws.root.findLeanLib? name | error s!"there is no library {name}"
  ws.runBuild lib.fetch

/-- Build the two and compare them. -/
@[test_driver]
script test do
  for name in [`Challenge, `Solution, `Tools] do built name
  lean #["--run", "Tools/Compare.lean"] (← getAugmentedEnv)

/-- Elaborate all files once more, on all processors, with Lean's linters and Mathlib's style
linters; a warning fails. -/
def styled : ScriptM Bool := do
  let style : Array LeanOption := #[
    ⟨`weak.linter.mathlibStandardSet, true⟩,
    ⟨`weak.linter.hashCommand, false⟩] -- `Examples.lean` shows what `#eval` answers
  let flags := (options ++ style).map (·.asCliArg)
  let env ← getAugmentedEnv
  let mut files : Array System.FilePath :=
    #["DeepLinear.lean", "DeepLinearExamples.lean", "Examples.lean"]
  for folder in ["DeepLinear", "DeepLinearExamples"] do
    files := files ++ (← System.FilePath.walkDir folder).filter (·.extension == some "lean")
  let tasks ← files.mapM fun file => IO.asTask <|
    lean (flags ++ #["-j1", "-DwarningAsError=true", file.toString]) env
  return (← tasks.mapM fun task => do IO.ofExcept (← IO.wait task)).all (· == 0)

/-- Docstrings, axioms, and the linters of Batteries, of Lean and of Mathlib's style. -/
@[lint_driver]
script lint do
  for name in [`DeepLinear, `DeepLinearExamples] do built name
  let code ← lean #["Tools/Lint.lean"] (← getAugmentedEnv)
  return if ← styled then code else 1
