/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import Tools.Tag

/-!
# `lake test`: `Challenge.lean` and `Solution.lean` state the same

For every theorem that carries `@[assignment]` the statement in `Challenge.lean` has to be that of
the library, and so has every definition that it uses and `Challenge.lean` makes: equal by Lean's
kernel, in the environment of the library. (Not letter by letter: what a file imports decides along
which path Lean finds that the reals are a ring.)
-/

open Lean

/-- Whether two terms are equal by the kernel. -/
def sameTerm (env : Environment) (a b : Expr) : Bool :=
  match Kernel.isDefEq env {} a b with
  | .ok same => same
  | .error _ => false

/-- The constants of a term that `Challenge.lean` declares. -/
def ownConstants (env : Environment) (own : ModuleIdx) (e : Expr) : Array Name :=
  e.getUsedConstants.filter fun name => env.getModuleIdxFor? name == some own

/-- Compare a constant, and all that it uses, in the two environments; returns what differs. -/
partial def compareConstant (challenge solution : Environment) (own : ModuleIdx)
    (headlines : Array Name) (name : Name) : StateM (NameSet × Array String) Unit := do
  if (← get).1.contains name then return
  modify fun (seen, said) => (seen.insert name, said)
  let some c := challenge.find? name
    | modify fun (seen, said) => (seen, said.push s!"{name} is not in Challenge.lean")
  if c matches .thmInfo _ then unless headlines.contains name do return -- a proof in a definition
  let some s := solution.find? name
    | modify fun (seen, said) => (seen, said.push s!"{name} is not in the library")
  if c.levelParams != s.levelParams || !sameTerm solution c.type s.type then
    modify fun (seen, said) => (seen, said.push s!"{name} states something else in the library")
  let mut used := ownConstants challenge own c.type
  if let .defnInfo d := c then
    match s with
    | .defnInfo d' =>
      if !sameTerm solution d.value d'.value then
        modify fun (seen, said) => (seen, said.push s!"{name} is defined otherwise in the library")
    | _ => modify fun (seen, said) => (seen, said.push s!"{name} is no definition in the library")
    used := used ++ ownConstants challenge own d.value
  for next in used do
    compareConstant challenge solution own headlines next

/-- Compare all headline theorems; exit code 1 if something differs. -/
unsafe def main : IO UInt32 := do
  initSearchPath (← findSysroot)
  enableInitializersExecution
  let solution ← importModules #[{ module := `Solution }, { module := `Tools.Headlines }] {}
    (loadExts := true)
  let challenge ← importModules #[{ module := `Challenge }] {}
  let some own := challenge.getModuleIdx? `Challenge | throw <| .userError "no module Challenge"
  let marked := DeepLinear.assignmentExt.getState solution
  let mut state : NameSet × Array String := ({}, #[])
  for (_, _, name) in marked do
    state := ((compareConstant challenge solution own (marked.map (·.2.2)) name).run state).2
  for sentence in state.2 do
    IO.eprintln s!"Compare.lean: {sentence}."
  IO.println s!"{marked.size} theorems, {state.1.size} constants compared, {state.2.size} differ"
  return if state.2.isEmpty && !marked.isEmpty then 0 else 1
