/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinear.SquareFullRank

/-!
# Instances of Problem 4

Networks with square layers whose end-to-end matrix has full rank and whose loss is minimal, and one
with critical weights, an end-to-end matrix without full rank, and a loss that is not minimal.
-/

@[expose] public section

open Matrix

namespace DeepLinear

namespace NetworkInstance

variable (e : NetworkInstance)

/-- An example of Problem 4: square layers, an end-to-end matrix of full rank, and the loss is
minimal. -/
def IsExample : Prop :=
  (∀ k, e.widths k = e.widths 0) ∧ (endToEnd e.weights).rank = e.widths 0 ∧ e.IsGlobalMin

/-- A control of Problem 4: square layers and critical weights, an end-to-end matrix that has not
full rank, and `better` has a smaller loss. -/
def IsControl (better : Weights (fun k => Fin (e.widths k)) ℚ) : Prop :=
  (∀ k, e.widths k = e.widths 0) ∧ e.IsCriticalPoint ∧ (endToEnd e.weights).rank < e.widths 0 ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

/-- What has to be evaluated for an example: `P` and `Q` cut the end-to-end matrix down to the
identity, and the gradient vanishes. Problem 4 does the rest. -/
lemma isExample_of_gradient (hw : ∀ k, e.widths k = e.widths 0)
    {P : Matrix (Fin (e.widths 0)) (Fin (e.widths (Fin.last e.depth))) ℚ}
    {Q : Matrix (Fin (e.widths 0)) (Fin (e.widths 0)) ℚ} (hPQ : P * endToEnd e.weights * Q = 1)
    (h : ∀ k, e.gradient k = 0) : e.IsExample := by
  have hrank : (endToEnd e.weights).rank = e.widths 0 :=
    le_antisymm (rank_le_width _) (le_rank_of_mul_mul_eq_one hPQ)
  have hcrit := e.isCriticalPoint_iff.2 h
  refine ⟨hw, hrank, ?_⟩
  obtain ⟨depth, widths, samples, weights, X, Y⟩ := e
  obtain ⟨n, rfl⟩ : ∃ n : ℕ, widths = fun _ => n := ⟨widths 0, funext hw⟩
  refine isMinOn_datasetLoss_of_isCritical (n := Fin n) (toReal (d := fun _ => n) weights)
    (X.map (Rat.castHom ℝ)) (Y.map (Rat.castHom ℝ)) hcrit ?_
  have hunit : IsUnit (endToEnd weights) :=
    rank_eq_card_iff_isUnit.1 (hrank.trans (Fintype.card_fin n).symm)
  rw [endToEnd_toReal]
  exact hunit.map (Rat.castHom ℝ).mapMatrix

/-- What has to be evaluated for a control: the end-to-end matrix is `F * G` through a smaller
dimension `r`, the gradient vanishes, and `better` has a smaller loss. -/
lemma isControl_of_gradient {better : Weights (fun k => Fin (e.widths k)) ℚ} {r : ℕ}
    (hw : ∀ k, e.widths k = e.widths 0) {F : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin r) ℚ}
    {G : Matrix (Fin r) (Fin (e.widths 0)) ℚ} (hFG : endToEnd e.weights = F * G)
    (hr : r < e.widths 0) (h : ∀ k, e.gradient k = 0) (hbetter : e.loss better < e.loss e.weights) :
    e.IsControl better := by
  refine ⟨hw, e.isCriticalPoint_iff.2 h, (rank_le_of_eq_mul hFG).trans_lt hr, ?_⟩
  rw [realLoss_endToEnd_toReal, realLoss_endToEnd_toReal]
  exact_mod_cast hbetter

/-- Width 1, two layers: `6 = 3 * 2` is the mean of 5 and 7. -/
def width1 : NetworkInstance where
  depth := 2
  widths := ![1, 1, 1]
  samples := 2
  weights
    | 0 => (!![2] : Matrix (Fin 1) (Fin 1) ℚ)
    | 1 => (!![3] : Matrix (Fin 1) (Fin 1) ℚ)
  X := (!![1, 1] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![5, 7] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Width 1, two layers: the end-to-end matrix has full rank and the loss is minimal. -/
theorem isExample_width1 : width1.IsExample :=
  isExample_of_gradient _ (by decide)
    (P := (!![1/6] : Matrix (Fin 1) (Fin 1) ℚ)) (Q := 1) (by decide +kernel) (by decide +kernel)

/-- Width 2, two layers, three samples that cannot be fitted. -/
def width2 : NetworkInstance where
  depth := 2
  widths := ![2, 2, 2]
  samples := 3
  weights
    | 0 => (!![1, 1/2; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![2, 0; 0, 1/3] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0, 1; 0, 1, 1] : Matrix (Fin 2) (Fin 3) ℚ)
  Y := (!![3, 2, 2; 3, 10/3, -8/3] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Width 2, two layers: the end-to-end matrix has full rank and the loss is minimal. -/
theorem isExample_width2 : width2.IsExample :=
  isExample_of_gradient _ (by decide)
    (P := (!![1/2, -3/2; 0, 3] : Matrix (Fin 2) (Fin 2) ℚ)) (Q := 1) (by decide +kernel)
    (by decide +kernel)

/-- Width 2, three layers, and inputs that are multiples of one another: `X Xᵀ` is singular. -/
def dependentInputs : NetworkInstance where
  depth := 3
  widths := ![2, 2, 2, 2]
  samples := 2
  weights
    | 0 => (!![0, 1; 1, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 1; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![1, 0; 1/2, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 2; 2, 4] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![5, 5; 1/2, 6] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Width 2, three layers, dependent inputs: the end-to-end matrix has full rank and the loss is
minimal. -/
theorem isExample_dependentInputs : dependentInputs.IsExample :=
  isExample_of_gradient _ (by decide)
    (P := (!![-1/2, 1; 3/2, -1] : Matrix (Fin 2) (Fin 2) ℚ)) (Q := 1) (by decide +kernel)
    (by decide +kernel)

/-- Width 3, two layers. -/
def width3 : NetworkInstance where
  depth := 2
  widths := ![3, 3, 3]
  samples := 4
  weights
    | 0 => (!![1, 0, 0; 1, 1, 0; 0, 0, 2] : Matrix (Fin 3) (Fin 3) ℚ)
    | 1 => (!![1, 0, 1; 0, 1, 0; 0, 0, 1/2] : Matrix (Fin 3) (Fin 3) ℚ)
  X := (!![1, 0, 0, 1; 0, 1, 0, 1; 0, 0, 1, 1] : Matrix (Fin 3) (Fin 4) ℚ)
  Y := (!![2, 1, 3, 2; 2, 2, 1, 1; 0, 0, 1, 1] : Matrix (Fin 3) (Fin 4) ℚ)

/-- Width 3, two layers: the end-to-end matrix has full rank and the loss is minimal. -/
theorem isExample_width3 : width3.IsExample :=
  isExample_of_gradient _ (by decide)
    (P := (!![1, 0, -2; -1, 1, 2; 0, 0, 1] : Matrix (Fin 3) (Fin 3) ℚ)) (Q := 1)
    (by decide +kernel) (by decide +kernel)

/-- Two projections on the first coordinate. -/
def singular : NetworkInstance where
  depth := 2
  widths := ![2, 2, 2]
  samples := 2
  weights
    | 0 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 0; 0, 2] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights that fit the data of `singular`. -/
def singularBetter : Weights (fun k : Fin 3 => Fin (![2, 2, 2] k)) ℚ
  | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0; 0, 2] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Width 2, two layers: critical weights whose end-to-end matrix has not full rank, and weights of
smaller loss. -/
theorem isControl_singular : singular.IsControl singularBetter :=
  isControl_of_gradient _ (by decide) (F := (!![1; 0] : Matrix (Fin 2) (Fin 1) ℚ))
    (G := (!![1, 0] : Matrix (Fin 1) (Fin 2) ℚ)) (by decide +kernel) (by decide)
    (by decide +kernel) (by decide +kernel)

end NetworkInstance

end DeepLinear
