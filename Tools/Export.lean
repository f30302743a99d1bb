import DeepLinearExamples
import Lean.DocString
import Lean.PrettyPrinter
import Lean.Util.CollectAxioms
import Tools.Headlines

/-!
# What Lean knows, as JSON

`lake env lean --run Tools/Export.lean` prints one JSON document: every headline theorem (its problem,
name, module, lines, docstring, statement as Lean prints it, axioms, the headline theorems that its
proof uses, the constants of the library that its statement reaches), each of these constants with
its type and value, every instance with its values as the library's own definitions evaluate them over the
rationals, the version of Lean and the revision of Mathlib. A fraction is the string `"p/q"`, a
matrix the list of its rows.

`deeplinear dev lean --refresh` keeps the output as `python/deeplinear/data/lean.json`.

`lake env lean --run Tools/Export.lean evaluate` reads `{"weights": [...], "x": ..., "y": ...}` on
standard input, with a pair of `"directions"` if wanted, and prints the end-to-end matrix, the loss,
the gradient in every layer, and the second derivative in the two directions: the functions of
`DeepLinear/Evaluate.lean`, with theorems that say that these are the values of the definitions.
-/

open Lean DeepLinear

/-- The headline theorems, those that carry `@[assignment]`: by problem, its own form first, then as
the files have them. -/
def headlines (env : Environment) : CoreM (List (String × Bool × Name)) := do
  let marked ← (assignmentExt.getState env).mapM fun (problem, main, name) => do
    let some module := env.getModuleIdxFor? name | throwError "{name} is in no module"
    let some ranges ← findDeclarationRanges? name | throwError "{name} has no place"
    let place := [problems.idxOf problem, if main then 0 else 1, module.toNat,
      ranges.range.pos.line]
    return (place, problem, main, name)
  let sorted := marked.qsort fun (place, _) (place', _) => place < place'
  return sorted.toList.map fun (_, headline) => headline

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

/-- The fields of an instance of a network: weights of smaller and of greater loss, if any. -/
def networkFields (e : NetworkInstance)
    (better worse : Option (Weights (fun k => Fin (e.widths k)) ℚ) := none) :
    List (String × Json) :=
  [("type", "network"), ("weights", weightsJson e.weights), ("x", matrixJson e.X),
    ("y", matrixJson e.Y), ("end_to_end", matrixJson (endToEnd e.weights)),
    ("loss", toString (e.loss e.weights)), ("gradient", weightsJson e.gradient),
    ("better", toJson (better.map weightsJson)), ("worse", toJson (worse.map weightsJson))]

/-- The same, with two directions and the second derivative in them. -/
def hessianFields (e : NetworkInstance) (U V : Weights (fun k => Fin (e.widths k)) ℚ) :
    List (String × Json) :=
  networkFields e ++ [("directions", toJson [weightsJson U, weightsJson V]),
    ("second", toString (datasetHessian e.weights e.X e.Y U V))]

/-- The fields of an instance of a population: a network and masses, the loss and the gradient
those of the population. -/
def populationFields (e : PopulationInstance)
    (better : Option (Weights (fun k => Fin (e.widths k)) ℚ) := none) : List (String × Json) :=
  [("type", "network"), ("weights", weightsJson e.weights), ("x", matrixJson e.X),
    ("y", matrixJson e.Y), ("end_to_end", matrixJson (endToEnd e.weights)),
    ("loss", toString (e.populationLoss e.weights)),
    ("gradient", weightsJson e.populationGradient), ("better", toJson (better.map weightsJson)),
    ("worse", Json.null),
    ("masses", toJson <| (List.finRange e.samples).map fun a => toString (e.masses a))]

/-- The fields of an instance of matrix completion: a network with the identity as inputs, and which
entries are observed. -/
def completionFields (e : CompletionInstance)
    (better : Weights (fun k => Fin (e.widths k)) ℚ) : List (String × Json) :=
  let mask : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin (e.widths 0)) ℚ :=
    Matrix.of fun i j => if (i, j) ∈ e.observed then 1 else 0
  [("type", "network"), ("weights", weightsJson e.weights),
    ("x", matrixJson (1 : Matrix (Fin (e.widths 0)) (Fin (e.widths 0)) ℚ)), ("y", matrixJson e.M),
    ("end_to_end", matrixJson (endToEnd e.weights)), ("loss", toString (e.loss e.weights)),
    ("gradient", weightsJson e.gradient), ("better", toJson (weightsJson better)),
    ("worse", Json.null), ("mask", matrixJson mask)]

/-- The fields of an instance of gradient flow: the two velocities of the end-to-end matrix. -/
def flowFields (e : FlowInstance) : List (String × Json) :=
  [("type", "flow"), ("weights", weightsJson e.weights), ("x", matrixJson e.X),
    ("y", matrixJson e.Y), ("velocity", matrixJson e.velocity),
    ("preconditioned", matrixJson e.preconditioned)]

/-- A list of fractions. -/
def ratsJson {ρ : ℕ} (a : Fin ρ → ℚ) : Json :=
  toJson <| (List.finRange ρ).map fun i => toString (a i)

/-- The fields of a network with aligned weights: the frames, the modes, their strengths. -/
def alignedFields (e : NetworkInstance) {ρ : ℕ} (Q : ∀ k, Matrix (Fin (e.widths k)) (Fin ρ) ℚ)
    (a σ : Fin ρ → ℚ) : List (String × Json) :=
  networkFields e ++ [("frames", toJson <| (List.finRange _).map fun k => matrixJson (Q k)),
    ("modes", ratsJson a), ("strengths", ratsJson σ)]

/-- The fields of an instance of training: those of a flow, and the numbers of its theorem. -/
def trainingFields (e : FlowInstance) (numbers : List (String × ℚ)) : List (String × Json) :=
  flowFields e ++ [("numbers", .mkObj <| numbers.map fun (name, q) => (name, toJson (toString q)))]

/-- The numbers of the theorem on gradient descent, with the step and the rate. -/
def stepNumbers (N : FlowInstance.StepNumbers) (η : ℚ) : List (String × ℚ) :=
  [("eta", η), ("kappa", N.lam * N.σ ^ 2 / 4), ("lam", N.lam), ("sigma", N.σ), ("r", N.r),
    ("m", N.m), ("x", N.x), ("y", N.y)]

open RankInstance NetworkInstance PopulationInstance FlowInstance CompletionInstance in
/-- The instances of the library. -/
def exportedInstances : List ExportedInstance := [
  ⟨"P1.1", ``isPopulationExample_oneMatrix, "example",
    populationFields oneMatrix⟩,
  ⟨"P1.1", ``isPopulationExample_rowMatrix, "example",
    populationFields rowMatrix⟩,
  ⟨"P1.1", ``isPopulationExample_columnMatrix, "example",
    populationFields columnMatrix⟩,
  ⟨"P1.2", ``isPopulationExample_twoLayers, "example",
    populationFields twoLayers⟩,
  ⟨"P1.2", ``isPopulationExample_twoLayersUp, "example",
    populationFields twoLayersUp⟩,
  ⟨"P1.2", ``isPopulationExample_twoLayersBottleneck, "example",
    populationFields twoLayersBottleneck⟩,
  ⟨"P1.3", ``isPopulationExample_threeLayers, "example",
    populationFields threeLayers⟩,
  ⟨"P1.3", ``isPopulationExample_threeLayersWide, "example",
    populationFields threeLayersWide⟩,
  ⟨"P1.3", ``isPopulationExample_fourLayers, "example",
    populationFields fourLayers⟩,
  ⟨"P1.4", ``isGradientExample_datasetTwo, "example", networkFields datasetTwo⟩,
  ⟨"P1.4", ``isGradientExample_datasetBottleneck, "example", networkFields datasetBottleneck⟩,
  ⟨"P1.4", ``isGradientExample_datasetThree, "example", networkFields datasetThree⟩,
  ⟨"P2", ``isExample_diagonal, "example", rankFields diagonal⟩,
  ⟨"P2", ``isExample_rankOne, "example", rankFields rankOne⟩,
  ⟨"P2", ``isExample_rankTwo, "example", rankFields rankTwo⟩,
  ⟨"P2", ``isControl_fullBound, "control", rankFields fullBound⟩,
  ⟨"P3.1", ``isOriginExample_originTwo, "example", networkFields originTwo⟩,
  ⟨"P3.1", ``isOriginExample_originBottleneck, "example", networkFields originBottleneck⟩,
  ⟨"P3.1", ``isOriginExample_originThree, "example", networkFields originThree⟩,
  ⟨"P3.1", ``isOriginControl_oneLayerOrigin, "control", networkFields oneLayerOrigin⟩,
  ⟨"P3.2", ``isSaddleExample_originTwo, "example",
    networkFields originTwo (some originTwoBetter) (some originTwoWorse)⟩,
  ⟨"P3.2", ``isSaddleExample_originBottleneck, "example",
    networkFields originBottleneck (some originBottleneckBetter) (some originBottleneckWorse)⟩,
  ⟨"P3.2", ``isSaddleExample_originThree, "example",
    networkFields originThree (some originThreeBetter) (some originThreeWorse)⟩,
  ⟨"P3.2", ``isSaddleControl_uncorrelated, "control", networkFields uncorrelated⟩,
  ⟨"P3.3", ``isFlatExample_flatThree, "example", hessianFields flatThree flatThreeU flatThreeV⟩,
  ⟨"P3.3", ``isFlatExample_flatWide, "example", hessianFields flatWide flatWideU flatWideV⟩,
  ⟨"P3.3", ``isFlatExample_flatFour, "example", hessianFields flatFour flatFourU flatFourV⟩,
  ⟨"P3.3", ``isFlatControl_curvedTwo, "control", hessianFields curvedTwo curvedTwoU curvedTwoV⟩,
  ⟨"P4", ``isExample_width1, "example", networkFields width1⟩,
  ⟨"P4", ``isExample_width2, "example", networkFields width2⟩,
  ⟨"P4", ``isExample_dependentInputs, "example", networkFields dependentInputs⟩,
  ⟨"P4", ``isExample_width3, "example", networkFields width3⟩,
  ⟨"P4", ``isControl_singular, "control", networkFields singular (some singularBetter)⟩,
  ⟨"P5", ``isPopulationSaddle_skewedTwo, "example",
    populationFields skewedTwo (some skewedTwoBetter)⟩,
  ⟨"P5", ``isPopulationSaddle_skewedSingular, "example",
    populationFields skewedSingular (some skewedSingularBetter)⟩,
  ⟨"P5", ``isPopulationSaddle_skewedDeep, "example",
    populationFields skewedDeep (some skewedDeepBetter)⟩,
  ⟨"LK1", ``isEscapeExample_deficientZero, "example",
    networkFields deficientZero (some deficientZeroBetter)⟩,
  ⟨"LK1", ``isEscapeExample_deficientOne, "example",
    networkFields deficientOne (some deficientOneBetter)⟩,
  ⟨"LK1", ``isEscapeExample_deficientDeep, "example",
    networkFields deficientDeep (some deficientDeepBetter)⟩,
  ⟨"LB", ``isNoBottleneckExample_wideTwo, "example",
    networkFields wideTwo (some wideTwoBetter)⟩,
  ⟨"LB", ``isNoBottleneckExample_wideOut, "example",
    networkFields wideOut (some wideOutBetter)⟩,
  ⟨"LB", ``isNoBottleneckExample_wideDeep, "example",
    networkFields wideDeep (some wideDeepBetter)⟩,
  ⟨"LK2", ``isShallowExample_missedTwo, "example",
    networkFields missedTwo (some missedTwoBetter)⟩,
  ⟨"LK2", ``isShallowExample_missedWide, "example",
    networkFields missedWide (some missedWideBetter)⟩,
  ⟨"LK2", ``isShallowExample_missedSingular, "example",
    networkFields missedSingular (some missedSingularBetter)⟩,
  ⟨"LK3", ``isDeepExample_missedTwo, "example",
    networkFields missedTwo (some missedTwoBetter)⟩,
  ⟨"LK3", ``isDeepExample_missedWide, "example",
    networkFields missedWide (some missedWideBetter)⟩,
  ⟨"LK3", ``isDeepExample_missedSingular, "example",
    networkFields missedSingular (some missedSingularBetter)⟩,
  ⟨"K16", ``isDeepSaddle_missedTwo, "example",
    networkFields missedTwo (some missedTwoBetter)⟩,
  ⟨"K16", ``isDeepSaddle_missedWide, "example",
    networkFields missedWide (some missedWideBetter)⟩,
  ⟨"K16", ``isDeepSaddle_missedThird, "example",
    networkFields missedThird (some missedThirdBetter)⟩,
  ⟨"K16", ``isStrictSaddleExample_strictInput, "example",
    hessianFields strictInput strictInputDirection strictInputDirection⟩,
  ⟨"K16", ``isStrictSaddleExample_strictOutput, "example",
    hessianFields strictOutput strictOutputDirection strictOutputDirection⟩,
  ⟨"K16", ``isStrictSaddleExample_strictRotation, "example",
    hessianFields strictRotation strictRotationDirection strictRotationDirection⟩,
  ⟨"K16", ``isLocalMaxControl_blind, "control", networkFields blind⟩,
  ⟨"SO", ``isFlatSaddleExample_flatOne, "example",
    networkFields flatOne (some flatOneBetter)⟩,
  ⟨"SO", ``isFlatSaddleExample_flatOrigin, "example",
    networkFields flatOrigin (some flatOriginBetter)⟩,
  ⟨"SO", ``isFlatSaddleExample_tightFour, "example",
    networkFields tightFour (some tightFourBetter)⟩,
  ⟨"SO", ``isStrictSaddleExample_strictPair, "example",
    hessianFields strictPair strictPairDirection strictPairDirection⟩,
  ⟨"AE", ``isAutoencoderExample_encoderBest, "example", networkFields encoderBest⟩,
  ⟨"AE", ``isAutoencoderExample_encoderOther, "example", networkFields encoderOther⟩,
  ⟨"AE", ``isAutoencoderExample_encoderDeep, "example", networkFields encoderDeep⟩,
  ⟨"MC", ``isExample_diagonalTwo, "example", completionFields diagonalTwo diagonalTwoBetter⟩,
  ⟨"MC", ``CompletionInstance.isExample_originThree, "example",
    completionFields CompletionInstance.originThree CompletionInstance.originThreeBetter⟩,
  ⟨"MC", ``isExample_deepThree, "example", completionFields deepThree deepThreeBetter⟩,
  ⟨"FLOW", ``isBalancedExample_balancedTwo, "example", flowFields balancedTwo⟩,
  ⟨"FLOW", ``isBalancedExample_balancedThree, "example", flowFields balancedThree⟩,
  ⟨"FLOW", ``isBalancedExample_balancedWide, "example", flowFields balancedWide⟩,
  ⟨"FLOW", ``isUnbalancedControl_unbalanced, "control", flowFields unbalanced⟩,
  ⟨"SAXE", ``isAlignedExample_alignedTwo, "example",
    alignedFields alignedTwo alignedTwoFrames ![1/2, 1/3] ![3, 1]⟩,
  ⟨"SAXE", ``isAlignedExample_alignedThree, "example",
    alignedFields alignedThree alignedThreeFrames ![1/2, 1] ![4, 1]⟩,
  ⟨"SAXE", ``isAlignedExample_alignedOne, "example",
    alignedFields alignedOne alignedOneFrames ![1/4] ![10]⟩,
  ⟨"ACGH", ``isMarginExample_marginTwo, "example",
    trainingFields marginTwo [("sigma", 1), ("c", 1/2)]⟩,
  ⟨"ACGH", ``isMarginExample_marginThree, "example",
    trainingFields marginThree [("sigma", 1), ("c", 1/2)]⟩,
  ⟨"ACGH", ``isMarginExample_marginWide, "example",
    trainingFields marginWide [("sigma", 1), ("c", 1/2)]⟩,
  ⟨"GD", ``isDescentExample_descentTwo, "example",
    trainingFields descentTwo (stepNumbers descentTwoNumbers (1/41))⟩,
  ⟨"GD", ``isDescentExample_descentOut, "example",
    trainingFields descentOut (stepNumbers descentOutNumbers (1/60))⟩,
  ⟨"GD", ``isDescentExample_descentThree, "example",
    trainingFields descentThree (stepNumbers descentThreeNumbers (1/19))⟩]

/-- The docstring of a declaration, on one line; it has to have one. -/
def docstring (name : Name) : MetaM String := do
  let some doc ← findDocString? (← getEnv) name | throwError "{name} has no docstring"
  return " ".intercalate <| (doc.trimAscii.toString.splitOn "\n").map (·.trimAscii.toString)

/-- For each constant of the library those that it is made from. -/
def libraryUses (env : Environment) : NameMap (Array Name) := Id.run do
  let own := env.header.moduleNames.map fun module => (`DeepLinear).isPrefixOf module
  let mut uses := {}
  for isOwn in own, data in env.header.moduleData do
    if isOwn then
      for name in data.constNames, info in data.constants do
        let value := (info.value? (allowOpaque := true)).elim #[] (·.getUsedConstants)
        uses := uses.insert name <| (info.type.getUsedConstants ++ value).filter fun used =>
          (env.getModuleIdxFor? used).any (own[·.toNat]!)
  return uses

/-- The headline theorems that the proof of `name` uses, itself or by a step that is none. -/
def usedHeadlines (marked : Array Name) (uses : NameMap (Array Name)) (name : Name) :
    Array Name := Id.run do
  let mut seen : NameSet := {}
  let mut found := #[]
  let mut waiting := #[name]
  while !waiting.isEmpty do
    let next := waiting.back!
    waiting := waiting.pop
    if seen.contains next then continue
    seen := seen.insert next
    if next != name && marked.contains next then
      found := found.push next
    else
      waiting := waiting ++ (uses.find? next).getD #[]
  return found.qsort Name.lt

/-- For each constant of the library those that it is about: those in its type, and for a definition
those in its value; the proof of a theorem is not what it says. -/
def libraryMeaning (env : Environment) : NameMap (Array Name) := Id.run do
  let own := env.header.moduleNames.map fun module => (`DeepLinear).isPrefixOf module
  let mut uses := {}
  for isOwn in own, data in env.header.moduleData do
    if isOwn then
      for name in data.constNames, info in data.constants do
        let value := if info matches .thmInfo _ then #[] else
          (info.value? (allowOpaque := true)).elim #[] (·.getUsedConstants)
        let constructors := match info with
          | .inductInfo data => data.ctors.toArray
          | _ => #[]
        uses := uses.insert name <| (info.type.getUsedConstants ++ value ++ constructors).filter
          fun used => (env.getModuleIdxFor? used).any (own[·.toNat]!)
  return uses

/-- The constants of the library that the statement of a theorem reaches. -/
def reached (meaning : NameMap (Array Name)) (name : Name) : Array Name := Id.run do
  let mut seen : NameSet := {}
  let mut waiting := (meaning.find? name).getD #[]
  while !waiting.isEmpty do
    let next := waiting.back!
    waiting := waiting.pop
    unless seen.contains next do
      seen := seen.insert next
      waiting := waiting ++ (meaning.find? next).getD #[]
  return seen.toArray.qsort Name.lt

/-- A term as lines of text, one for each different subterm; returns the number of its line. Names
of bound variables and annotations do not matter. -/
partial def serialize (e : Expr) : StateM (Std.HashMap Expr ℕ × Array String) ℕ := do
  if let some line := (← get).1[e]? then return line
  let text ← match e with
    | .bvar i => pure s!"bvar {i}"
    | .sort u => pure s!"sort {u}"
    | .const name us => pure s!"const {name} {us}"
    | .app f a => pure s!"app {← serialize f} {← serialize a}"
    | .lam _ type body _ => pure s!"lam {← serialize type} {← serialize body}"
    | .forallE _ type body _ => pure s!"forall {← serialize type} {← serialize body}"
    | .letE _ type value body _ =>
      pure s!"let {← serialize type} {← serialize value} {← serialize body}"
    | .lit (.natVal n) => pure s!"nat {n}"
    | .lit (.strVal s) => pure s!"str {s.quote}"
    | .mdata _ inner => pure s!"same {← serialize inner}"
    | .proj name i inner => pure s!"proj {name} {i} {← serialize inner}"
    | _ => pure "open"
  modifyGet fun (known, lines) => (lines.size, known.insert e lines.size, lines.push text)

/-- All of what a constant means, as text: its type, and for a definition its value. -/
def meaning (env : Environment) (name : Name) : String := Id.run do
  let some info := env.find? name | return ""
  let value := if info matches .thmInfo _ then none else info.value? (allowOpaque := true)
  let (last, _, lines) := (do
    let _ ← serialize info.type
    if let some value := value then let _ ← serialize value
    return info.levelParams.length : StateM (Std.HashMap Expr ℕ × Array String) ℕ).run ({}, #[])
  return "\n".intercalate (s!"{last} levels" :: lines.toList)

/-- Where a theorem is, what it says, and what it rests on. -/
def theoremJson (problem : String) (main : Bool) (name : Name) (used reaches : Array Name) :
    MetaM Json := do
  let some module ← findModuleOf? name | throwError "{name} is in no module"
  let some ranges ← findDeclarationRanges? name | throwError "{name} has no place"
  let signature ← PrettyPrinter.ppSignature name
  let axioms ← collectAxioms name
  return .mkObj [("problem", problem), ("main", toJson main), ("name", toJson name),
    ("module", toJson module), ("line", ranges.range.pos.line), ("last_line", ranges.range.endPos.line),
    ("docstring", ← docstring name),
    ("statement", signature.fmt.pretty 100),
    ("axioms", toJson <| (axioms.qsort Name.lt).map toString),
    ("uses", toJson <| used.map toString),
    ("reaches", toJson <| reaches.map toString)]

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

/-! ### Evaluation of a network that is given as JSON -/

/-- A natural number from its digits, of which there is at least one and nothing else. -/
def parseNat (digits : List Char) : Option ℕ :=
  if digits.isEmpty || !digits.all Char.isDigit then none
  else some <| digits.foldl (fun n c => 10 * n + (c.toNat - '0'.toNat)) 0

/-- A fraction from the string `"p/q"` or `"p"`: digits, a minus sign before them, and `q > 0`; the
grammar of `exact.rational` in Python. -/
def parseRat (s : String) : Option ℚ := do
  let (sign, p) := match s.toList with
    | '-' :: rest => ((-1 : ℚ), rest)
    | all => (1, all)
  let n ← parseNat (p.takeWhile (· ≠ '/'))
  match p.dropWhile (· ≠ '/') with
  | [] => some (sign * n)
  | _ :: digits =>
    let d ← parseNat digits
    if d = 0 then none else some (sign * mkRat n d)

/-- An entry of a matrix: an integer, or a fraction as a string. -/
def parseEntry : Json → Option ℚ
  | .str s => parseRat s
  | .num ⟨mantissa, 0⟩ => some mantissa
  | _ => none

/-- A matrix from a list of rows of fractions: not empty, and all rows of one length. -/
def parseMatrix (field : String) (json : Json) : Except String (Array (Array ℚ)) := do
  let .arr rows := json | throw s!"{field} is not a list of rows"
  let rows ← rows.mapM fun row => do
    let .arr row := row | throw s!"{field} has a row that is not a list"
    row.mapM fun entry => do
      let some q := parseEntry entry
        | throw s!"{field} has the entry {entry.compress}: give an integer or a string \"p/q\""
      return q
  if rows.isEmpty || rows.any (·.isEmpty) then
    throw s!"{field} is empty: give at least one row and one column"
  if rows.any (·.size ≠ rows[0]!.size) then throw s!"{field} has rows of different lengths"
  return rows

/-- A list of matrices. -/
def parseMatrices (field : String) (json : Json) : Except String (Array (Array (Array ℚ))) := do
  let .arr layers := json | throw s!"{field} is not a list of matrices"
  if layers.isEmpty then throw s!"{field} is empty: give at least one layer"
  layers.mapIdxM fun k layer => parseMatrix s!"{field}[{k}]" layer

/-- The numbers of rows and columns. -/
def shape (rows : Array (Array ℚ)) : ℕ × ℕ :=
  (rows.size, rows[0]!.size)

/-- The table of a matrix whose shape has been checked. -/
def tableOf (m n : ℕ) (rows : Array (Array ℚ)) : Table ℚ m n :=
  Table.ofFn fun i j => (rows[i.val]!)[j.val]!

/-- Evaluate the network `{"weights": …, "x": …, "y": …}`, and the second derivative in the two
`"directions"` if they are given. -/
def evaluate (json : Json) : Except String Json := do
  let .obj fields := json | throw "the input is not an object with weights, x and y"
  for (name, _) in fields.toList do
    unless ["weights", "x", "y", "directions"].contains name do
      throw s!"the input has the unknown field {name}"
  let field (name : String) : Except String Json :=
    match json.getObjVal? name with
    | .ok value => .ok value
    | .error _ => throw s!"the input lacks the field {name}"
  let weights ← parseMatrices "weights" (← field "weights")
  let x ← parseMatrix "x" (← field "x")
  let y ← parseMatrix "y" (← field "y")
  let H := weights.size
  let widths := #[x.size] ++ weights.map (·.size)
  for k in [0:H] do
    let (_, columns) := shape weights[k]!
    if columns ≠ widths[k]! then
      throw s!"weights[{k}] has {columns} columns, but layer {k} has width {widths[k]!}"
  if y.size ≠ widths[H]! then
    throw s!"y has {y.size} rows, but the last layer has width {widths[H]!}"
  let samples := (shape x).2
  if (shape y).2 ≠ samples then throw s!"y has {(shape y).2} columns, but x has {samples}"
  let d : Fin (H + 1) → ℕ := fun k => widths[k.val]!
  let W : Evaluate.Tables ℚ d := fun k => tableOf _ _ weights[k.val]!
  let X : Table ℚ (d 0) samples := tableOf _ _ x
  let Y : Table ℚ (d (Fin.last H)) samples := tableOf _ _ y
  let R := Evaluate.endToEnd W
  let rowsOf (m n : ℕ) (A : Table ℚ m n) : Json := matrixJson A.toMatrix
  let gradient := Evaluate.gradients W X Y fun _ => rowsOf _ _
  let mut answer := [("end_to_end", rowsOf _ _ R),
    ("loss", toJson (toString (Evaluate.loss X Y R))), ("gradient", toJson gradient)]
  if let .ok directions := json.getObjVal? "directions" then
    let .arr #[u, v] := directions | throw "directions is not a list of two lists of matrices"
    let mut parsed := #[]
    for (name, direction) in [("directions[0]", u), ("directions[1]", v)] do
      let layers ← parseMatrices name direction
      if layers.map shape ≠ weights.map shape then
        throw s!"{name} has not the shapes of weights"
      parsed := parsed.push layers
    let U : Evaluate.Tables ℚ d := fun k => tableOf _ _ (parsed[0]!)[k.val]!
    let V : Evaluate.Tables ℚ d := fun k => tableOf _ _ (parsed[1]!)[k.val]!
    answer := answer ++ [("second", toJson (toString (Evaluate.hessian W U V X Y)))]
  return .mkObj answer

/-- Print what Lean knows. -/
unsafe def printDocument : IO Unit := do
  initSearchPath (← findSysroot)
  enableInitializersExecution
  let env ← importModules #[{ module := `DeepLinearExamples }, { module := `Tools.Headlines }] {}
    (loadExts := true)
  let document : MetaM Json := do
    let marked ← headlines env
    let uses := libraryUses env
    let about := libraryMeaning env
    let theorems ← marked.mapM fun (problem, main, name) =>
      theoremJson problem main name (usedHeadlines (marked.map (·.2.2)).toArray uses name)
        (reached about name)
    let instances ← exportedInstances.mapM instanceJson
    let meant := marked.foldl (init := ({} : NameSet)) fun meant (_, _, name) =>
      (reached about name).foldl (·.insert ·) meant
    let constants := meant.toList.map fun name => (name.toString, toJson (meaning env name))
    return .mkObj [("lean", Lean.versionString), ("mathlib", ← mathlibRevision),
      ("constants", .mkObj constants),
      ("theorems", toJson theorems), ("instances", toJson instances)]
  let context := { fileName := "Export.lean", fileMap := default, maxHeartbeats := 0 }
  let (json, _) ← document.run'.toIO context { env }
  IO.println json.pretty

/-- Without an argument print what Lean knows; with `evaluate` evaluate a network that is given on
standard input. Malformed input is one sentence on standard error, and exit code 2. -/
unsafe def main (arguments : List String) : IO UInt32 := do
  match arguments with
  | [] =>
    printDocument
    return 0
  | ["evaluate"] =>
    let input ← (← IO.getStdin).readToEnd
    match (Json.parse input).mapError (s!"the input is not JSON ({·})") >>= evaluate with
    | .ok answer =>
      IO.println answer.compress
      return 0
    | .error sentence =>
      IO.eprintln s!"evaluate: {sentence}."
      return 2
  | _ =>
    IO.eprintln "Export.lean: give no argument, or evaluate."
    return 2
