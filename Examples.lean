module

public import DeepLinear
meta import DeepLinear -- so that `#eval` can run its definitions

/-!
# A network of your own in Lean

Open this file in an editor with the Lean 4 extension, and put the cursor on a line: what `#eval`
prints, and the goal of a proof, stand in the infoview. Change the numbers, and see what breaks.

The network has the widths 2, 3, 2 and the weights `W₁` (3 × 2) and `W₂` (2 × 3).
-/

@[expose] public section

open Matrix DeepLinear

namespace Examples

/-- The sizes of the layers: two inputs, three hidden units, two outputs. -/
abbrev widths : Fin 3 → ℕ := ![2, 3, 2]

/-- The weights, over the rational numbers, so that they can be evaluated. -/
def weights : Weights (fun k => Fin (widths k)) ℚ
  | 0 => (!![1, 0; 0, 1; 1, 1] : Matrix (Fin 3) (Fin 2) ℚ)
  | 1 => (!![1, 0, 1; 0, 2, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Two samples, a column each. -/
def X : Matrix (Fin 2) (Fin 2) ℚ := !![1, 0; 0, 1]

/-- What the network is to answer. -/
def Y : Matrix (Fin 2) (Fin 2) ℚ := !![1, 0; 0, 1 / 2]

/-! ### Evaluate it -/

-- the end-to-end matrix `W₂ W₁`
#eval endToEnd weights

-- the loss `1/2 ‖Y - W₂ W₁ X‖²`
#eval datasetLoss X Y (endToEnd weights)

-- its gradient in the first layer, and in the second
#eval datasetGradient weights X Y 0
#eval datasetGradient weights X Y 1

/-! ### Apply the theorems to all real weights of these widths -/

/-- The layers, as the theorems want them: layer `k` has the units `Fin (widths k)`. -/
abbrev Layer (k : Fin 3) : Type := Fin (widths k)

variable (X Y : Matrix (Fin 2) (Fin 2) ℝ) (W : Weights Layer ℝ)

/-- Lu and Kawaguchi: whatever the data are, a local minimum is a global one. -/
example (h : IsLocalMin (fun W : Weights Layer ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsMinOn (fun W : Weights Layer ℝ => datasetLoss X Y (endToEnd W)) Set.univ W :=
  isMinOn_of_isLocalMin_of_any_data W X Y h

/-- The origin is a saddle point, as soon as inputs and outputs are correlated. -/
example (h : X * Yᵀ ≠ 0) : IsSaddle (0 : Weights Layer ℝ) (datasetLoss X Y) :=
  have : ∀ k : Fin 3, Nonempty (Layer k) := fun k =>
    Fin.pos_iff_nonempty.mp ((by decide : ∀ k : Fin 3, 0 < widths k) k)
  isSaddle_zero Layer X Y le_rfl h

/-- A corollary of our own: weights that are no global minimum can be improved, however near. -/
theorem exists_better (h : ¬ IsMinOn (fun W : Weights Layer ℝ => datasetLoss X Y (endToEnd W))
    Set.univ W) {U : Set (Weights Layer ℝ)} (hU : U ∈ nhds W) :
    ∃ W' ∈ U, datasetLoss X Y (endToEnd W') < datasetLoss X Y (endToEnd W) := by
  by_contra! hno
  exact h (isMinOn_of_isLocalMin_of_any_data W X Y (Filter.mem_of_superset hU hno))

/-! ### A certificate

`deeplinear certificate network.json --to Network.lean --claim minimum` writes what follows. The
numbers come from Python; that they prove the theorem, Lean's kernel checks. -/

open DeepLinear.Certificate

/-- Better weights of the same widths. -/
def network : Net where
  widths := [2, 3, 2]
  samples := 2
  weights := [
    rows 1 [[1, 0], [0, 1], [1, 1]],
    rows 2 [[2, 0, 0], [0, 1, 0]]
  ]
  x := rows 1 [[1, 0], [0, 1]]
  y := rows 2 [[2, 0], [0, 1]]

/-- What proves a lower bound of the loss. -/
def proposed : Bound where
  regression := rows 2 [[2, 0], [0, 1]]
  level := mkRat 0 1
  above := rows 2 [[2, 0], [0, 1]]
  aboveDiagonal := [mkRat 1 1, mkRat 1 1]
  rest := rows 1 [[], []]
  restDiagonal := []

/-- No real weights of these widths have a smaller loss. -/
theorem isMinOn : IsMinOn network.loss Set.univ network.point :=
  Net.isMinOn (b := proposed) (by decide +kernel) (by decide +kernel)

#print axioms isMinOn

end Examples
