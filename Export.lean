import DeepLinear
import Lean.DocString
import Lean.PrettyPrinter
import Lean.Util.CollectAxioms

/-!
# What Lean knows, as JSON

`lake env lean --run Export.lean` prints one JSON document: every headline theorem (its problem,
name, module, line, docstring, statement as Lean prints it, axioms), every instance with its values
as the library's own definitions evaluate them over the rationals, the version of Lean and the
revision of Mathlib. A fraction is the string `"p/q"`, a matrix the list of its rows.

`deeplinear lean --refresh` keeps the output as `python/deeplinear/data/lean.json`.
-/

open Lean DeepLinear

/-- The headline theorems, each with the problem that it belongs to. -/
def headlines : List (String × Name) := [
  ("P1.4", ``hasDerivAt_datasetLoss_entry),
  ("P2", ``not_convex_setOf_rank_le),
  ("P2", ``not_convex_setOf_rank_le_of_lt_min),
  ("P2", ``convex_setOf_rank_le_iff),
  ("P4", ``isMinOn_of_isLocalMin_of_rank_eq),
  ("P4", ``rank_eq_card_iff_isUnit),
  ("P4", ``isMinOn_datasetLoss_of_isCritical),
  ("P4", ``isMinOn_of_isCritical_of_isUnit),
  ("P4", ``isMinOn_of_isCritical_residual),
  ("LK1", ``isLocalMinOn_of_isLocalMin),
  ("LK1", ``isLocalMin_iff_isLocalMinOn),
  ("LK1", ``deriv_eq_zero_of_isLocalMin_of_rank_lt),
  ("LK1", ``nhdsWithin_le_map_endToEnd),
  ("LK1", ``isLocalMinOn_rank_le),
  ("LK1", ``exists_endToEnd_eq),
  ("LB", ``isMinOn_of_isLocalMin_of_noBottleneck)]

/-- A matrix as the list of its rows. -/
def matrixJson {m n : ℕ} (A : Matrix (Fin m) (Fin n) ℚ) : Json :=
  toJson <| (List.finRange m).map fun i => (List.finRange n).map fun j => toString (A i j)

/-- An instance: its problem, the theorem about it, its kind, and its fields. The claim is the
docstring of the theorem. -/
structure ExportedInstance where
  /-- The problem, as `P2`. -/
  problem : String
  /-- The theorem that says that the instance is what it claims. -/
  name : Name
  /-- `"example"` or `"control"`. -/
  kind : String
  /-- All else. -/
  fields : List (String × Json)

/-- The fields of an instance of Problem 2. -/
def rankFields (e : RankInstance) : List (String × Json) :=
  [("type", "rank"), ("bound", e.bound), ("left", matrixJson e.left), ("right", matrixJson e.right)]

/-- Weights as a list of matrices. -/
def weightsJson {H : ℕ} {d : Fin (H + 1) → ℕ} (W : Weights (fun k => Fin (d k)) ℚ) : Json :=
  toJson <| (List.finRange H).map fun k => matrixJson (W k)

/-- The fields of an instance of a network. -/
def networkFields (e : NetworkInstance)
    (better : Option (Weights (fun k => Fin (e.widths k)) ℚ) := none) : List (String × Json) :=
  [("type", "network"), ("weights", weightsJson e.weights), ("x", matrixJson e.X),
    ("y", matrixJson e.Y), ("end_to_end", matrixJson (endToEnd e.weights)),
    ("loss", toString (e.loss e.weights)), ("gradient", weightsJson e.gradient), ("better",
      toJson (better.map weightsJson))]

open RankInstance NetworkInstance in
/-- The instances of the library. -/
def exportedInstances : List ExportedInstance := [
  ⟨"P1.4", ``isGradientExample_datasetTwo, "example", networkFields datasetTwo⟩,
  ⟨"P1.4", ``isGradientExample_datasetBottleneck, "example", networkFields datasetBottleneck⟩,
  ⟨"P1.4", ``isGradientExample_datasetThree, "example", networkFields datasetThree⟩,
  ⟨"P2", ``isExample_diagonal, "example", rankFields diagonal⟩,
  ⟨"P2", ``isExample_rankOne, "example", rankFields rankOne⟩,
  ⟨"P2", ``isExample_rankTwo, "example", rankFields rankTwo⟩,
  ⟨"P2", ``isControl_fullBound, "control", rankFields fullBound⟩,
  ⟨"P4", ``isExample_width1, "example", networkFields width1⟩,
  ⟨"P4", ``isExample_width2, "example", networkFields width2⟩,
  ⟨"P4", ``isExample_dependentInputs, "example", networkFields dependentInputs⟩,
  ⟨"P4", ``isExample_width3, "example", networkFields width3⟩,
  ⟨"P4", ``isControl_singular, "control", networkFields singular (some singularBetter)⟩,
  ⟨"LK1", ``isEscapeExample_deficientZero, "example",
    networkFields deficientZero (some deficientZeroBetter)⟩,
  ⟨"LK1", ``isEscapeExample_deficientOne, "example",
    networkFields deficientOne (some deficientOneBetter)⟩,
  ⟨"LK1", ``isEscapeExample_deficientDeep, "example",
    networkFields deficientDeep (some deficientDeepBetter)⟩]

/-- The docstring of a declaration, on one line; it has to have one. -/
def docstring (name : Name) : MetaM String := do
  let some doc ← findDocString? (← getEnv) name | throwError "{name} has no docstring"
  return " ".intercalate <| (doc.splitOn "\n").map fun line => line.trimAscii.toString

/-- Where a theorem is, what it says, and what it rests on. -/
def theoremJson (problem : String) (name : Name) : MetaM Json := do
  let some module ← findModuleOf? name | throwError "{name} is in no module"
  let some ranges ← findDeclarationRanges? name | throwError "{name} has no place"
  let signature ← PrettyPrinter.ppSignature name
  let axioms ← collectAxioms name
  return .mkObj [("problem", problem), ("name", toJson name), ("module", toJson module),
    ("line", ranges.range.pos.line), ("docstring", ← docstring name),
    ("statement", signature.fmt.pretty 100),
    ("axioms", toJson <| (axioms.qsort Name.lt).map toString)]

/-- An instance as JSON. -/
def instanceJson (e : ExportedInstance) : MetaM Json := do
  return .mkObj <| [("problem", toJson e.problem), ("name", toJson e.name), ("kind", toJson e.kind),
    ("claim", toJson (← docstring e.name))] ++ e.fields

/-- The revision of Mathlib in the manifest. -/
def mathlibRevision : IO String := do
  let manifest ← IO.ofExcept <| Json.parse (← IO.FS.readFile "lake-manifest.json")
  let packages ← IO.ofExcept <| manifest.getObjValAs? (Array Json) "packages"
  for package in packages do
    if (package.getObjValAs? String "name").toOption == some "mathlib" then
      return ← IO.ofExcept <| package.getObjValAs? String "rev"
  throw <| .userError "lake-manifest.json has no mathlib"

/-- Print the document. -/
unsafe def main : IO Unit := do
  initSearchPath (← findSysroot)
  enableInitializersExecution
  let env ← importModules #[{ module := `DeepLinear }] {} (loadExts := true)
  let document : MetaM Json := do
    let theorems ← headlines.mapM fun (problem, name) => theoremJson problem name
    let instances ← exportedInstances.mapM instanceJson
    return .mkObj [("lean", Lean.versionString), ("mathlib", ← mathlibRevision),
      ("theorems", toJson theorems), ("instances", toJson instances)]
  let context := { fileName := "Export.lean", fileMap := default }
  let (json, _) ← document.run'.toIO context { env }
  IO.println json.pretty
