/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear
import DeepLinearExamples
import Batteries.Tactic.Lint
import Lean.Elab.Command
import Lean.Util.CollectAxioms

/-!
# `lake lint`

Every definition and structure of the library and of its instances has a docstring, the docstrings
of the modules name what exists, the library declares no axiom, and nothing in it rests on other
axioms than those of Lean's own logic; and the linters of Batteries, those of its `runLinter`, have
no complaint of the library. `lake lint` elaborates this file, which fails with a line for each
complaint, and then the library once more, with Lean's linters and Mathlib's style linters.
-/

open Lean

/-- The axioms that the library may use. -/
def allowedAxioms : List Name :=
  [``propext, ``Classical.choice, ``Quot.sound]

/-- Whether somebody wrote a constant, and not Lean. -/
def isWritten (name : Name) : CoreM Bool := do
  let env ← getEnv
  if name.isInternalDetail || name.hasMacroScopes || isAuxRecursor env name ||
    isNoConfusion env name then return false
  if let some parent := env.getProjectionStructureName? name then
    if (getStructureParentInfo env parent).any (·.projFn == name) then return false
  return (← findDeclarationRanges? name).isSome

/-- Whether a constant has to have a docstring: a definition, a structure or one of its fields, an
inductive type; but no instance. -/
def wantsDocstring (name : Name) (info : ConstantInfo) : CoreM Bool := do
  match info with
  | .defnInfo _ => return !Meta.isInstanceCore (← getEnv) name && (← isWritten name)
  | .inductInfo _ => isWritten name
  | _ => return false

/-- What is wrong with a constant, if it may rest on the axioms `allowed`. -/
def complaints (name : Name) (info : ConstantInfo) (allowed := allowedAxioms) :
    CoreM (Array String) := do
  let mut said := #[]
  if info matches .axiomInfo _ then said := said.push s!"{name} is an axiom"
  if (← wantsDocstring name info) && (← findDocString? (← getEnv) name).isNone then
    said := said.push s!"{name} has no docstring"
  for used in ← collectAxioms name do
    unless allowed.contains used || used == name do
      said := said.push s!"{name} rests on the axiom {used}"
  return said

/-- Whether a module is one of the library or of its instances. -/
def isOurs (module : Name) : Bool :=
  [`DeepLinear, `DeepLinearExamples].any (·.isPrefixOf module)

/-- The constants of the modules of the library. -/
def libraryConstants (env : Environment) : Array (Name × ConstantInfo) := Id.run do
  let mut own := #[]
  for module in env.header.moduleNames, data in env.header.moduleData do
    if isOurs module then
      own := own ++ data.constNames.zip data.constants
  return own

/-- The names of the library that a text has in backticks and that do not exist; a file is to be
written as one, such as `DeepLinear/Hessian.lean`. -/
def lostNames (env : Environment) (text : String) : List Name :=
  let quoted := (text.splitOn "`").zipIdx.filterMap fun (part, i) =>
    if i % 2 == 1 && part.startsWith "DeepLinear." then part.splitOn.head? else none
  (quoted.map String.toName).filter (!env.contains ·)

/-- What the docstrings of the library's modules name that does not exist. -/
def lostInModules (env : Environment) : Array String := Id.run do
  let mut said := #[]
  for module in env.header.moduleNames do
    if isOurs module then
      for doc in (getModuleDoc? env module).getD #[] do
        for name in lostNames env doc.doc do
          said := said.push s!"{module} speaks of {name}, which does not exist"
  return said

run_cmd Elab.Command.liftCoreM do
  let own := libraryConstants (← getEnv)
  if own.isEmpty then logError "the library has no constants"
  let said := lostInModules (← getEnv) ++ (← own.flatMapM fun (name, info) => complaints name info)
  for sentence in said do logError sentence
  if said.isEmpty then logInfo s!"{own.size} constants of the library, no complaints"

#lint- in DeepLinear

/-! A control: the linter sees an axiom, what rests on one that is not allowed (here all but
`propext` are forbidden), a definition without a docstring, and a name that does not exist. -/

namespace Control

def bare : Nat := 1

run_cmd Elab.Command.liftCoreM do
  for (name, wanted) in [(``Classical.choice, "Classical.choice is an axiom"),
    (``bare, "Control.bare has no docstring"),
    (``Classical.em, "Classical.em rests on the axiom Classical.choice")] do
    unless (← complaints name (← getConstInfo name) [``propext]).contains wanted do
      logError s!"the linter does not say that {wanted}"
  let text := "`DeepLinear.lost W`, `DeepLinear.endToEnd W`, the file `DeepLinear.Hessian`"
  unless lostNames (← getEnv) text == [`DeepLinear.lost, `DeepLinear.Hessian] do
    logError "the linter does not see a name that does not exist"

end Control
