module

public import DeepLinear

/-!
# A network of one's own, with a theorem of one's own about it

The network has the widths 3, 2, 4: it is a linear encoder into two dimensions, and a decoder into four.
-/

@[expose] public section

open Matrix DeepLinear

namespace Project

/-- Layer `k` has the units `Fin ...`: three inputs, two hidden units, four outputs. -/
abbrev Layer (k : Fin 3) : Type := Fin (![3, 2, 4] k)

variable {s : ℕ} (X : Matrix (Fin 3) (Fin s) ℝ) (Y : Matrix (Fin 4) (Fin s) ℝ)

/-- Whatever the data are, weights that are not the best can be improved, however near: training is
never stuck in a valley. -/
theorem exists_better (W : Weights Layer ℝ)
    (h : ¬ IsMinOn (fun W : Weights Layer ℝ => datasetLoss X Y (endToEnd W)) Set.univ W)
    {U : Set (Weights Layer ℝ)} (hU : U ∈ nhds W) :
    ∃ W' ∈ U, datasetLoss X Y (endToEnd W') < datasetLoss X Y (endToEnd W) := by
  by_contra! hno
  exact h (isMinOn_of_isLocalMin_of_any_data W X Y (Filter.mem_of_superset hU hno))

/-- The origin, where all weights are zero, is a saddle point of this network as soon as the outputs
are correlated with the inputs; in particular it is no local minimum. -/
theorem not_isLocalMin_zero (h : X * Yᵀ ≠ 0) :
    ¬ IsLocalMin (fun W : Weights Layer ℝ => datasetLoss X Y (endToEnd W)) 0 :=
  have : ∀ k : Fin 3, Nonempty (Layer k) := fun k =>
    Fin.pos_iff_nonempty.mp ((by decide : ∀ k : Fin 3, 0 < ![3, 2, 4] k) k)
  (isSaddle_zero Layer X Y le_rfl h).2.1

end Project
