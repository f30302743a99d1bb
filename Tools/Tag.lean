/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import Lean.Attributes
import Lean.DocString

/-!
# The attribute `@[assignment "P2"]`

It marks a headline theorem with the problem that it belongs to; with `main` it is the one that
states the problem as the sheet, or the paper, does. `Export.lean` prints every theorem
that carries it, and the Python harness has a check for every problem that is named.

## Main definitions

* `DeepLinear.assignmentExt`: the marked theorems of an environment.
-/

open Lean

namespace DeepLinear

/-- The problems that a theorem may be marked with, in the order in which they are shown. -/
def problems : List String :=
  ["P1.1", "P1.2", "P1.3", "P1.4", "P2", "P3.1", "P3.2", "P3.3", "P4", "P5", "LK1", "LB", "LK2",
    "LK3", "K16", "SO", "AE", "MC", "FLOW", "SAXE", "ACGH", "GD"]

/-- The theorems that carry `@[assignment]`, each with its problem, and whether it is the problem's
own form. -/
initialize assignmentExt :
    SimplePersistentEnvExtension (String × Bool × Name) (Array (String × Bool × Name)) ←
  registerSimplePersistentEnvExtension {
    addEntryFn := Array.push
    addImportedFn := fun entries => entries.foldl (· ++ ·) #[] }

/-- `@[assignment "P2"]` marks a headline theorem of Problem 2, `@[assignment "P2" main]` the one
that states the problem as the sheet, or the paper, does. -/
syntax (name := assignment) "assignment " str (&" main")? : attr

initialize registerBuiltinAttribute {
  name := `assignment
  descr := "a headline theorem, with the problem that it belongs to"
  add := fun declaration syntaxTree _ => do
    let some problem := syntaxTree[1].isStrLit? | throwError "give a problem as a string"
    unless problems.contains problem do
      throwError "{problem} is no problem: give one of {problems}"
    unless (← getEnv).find? declaration matches some (.thmInfo _) do
      throwError "{declaration} is no theorem"
    if (← findDocString? (← getEnv) declaration).isNone then
      throwError "{declaration} has no docstring"
    modifyEnv fun env => assignmentExt.addEntry env (problem, !syntaxTree[2].isNone, declaration) }

end DeepLinear
