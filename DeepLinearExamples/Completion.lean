/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinear.Landscape.OtherLosses

/-!
# Instances of deep matrix completion

Critical weights whose end-to-end matrix has rank below the bottleneck width and misses an observed
entry: by the theorem they are no local minimum.
-/

@[expose] public section

open Matrix

namespace DeepLinear

/-- Rational weights of a network, a matrix, and which of its entries are observed. -/
structure CompletionInstance where
  /-- The number of weight matrices. -/
  depth : ℕ
  /-- The widths of the layers. -/
  widths : Fin (depth + 1) → ℕ
  /-- The weights, the first layer first. -/
  weights : Weights (fun k => Fin (widths k)) ℚ
  /-- The matrix; entries that are not observed do not matter. -/
  M : Matrix (Fin (widths (Fin.last depth))) (Fin (widths 0)) ℚ
  /-- The observed entries. -/
  observed : Finset (Fin (widths (Fin.last depth)) × Fin (widths 0))

namespace CompletionInstance

open NetworkInstance (toReal endToEnd_toReal)

variable (e : CompletionInstance)

/-- The loss of weights. -/
def loss (W : Weights (fun k => Fin (e.widths k)) ℚ) : ℚ :=
  maskedLoss e.observed e.M (endToEnd W)

/-- The gradient of the loss in layer `k`. -/
def gradient (k : Fin e.depth) : Matrix (Fin (e.widths k.succ)) (Fin (e.widths k.castSucc)) ℚ :=
  layerGradient e.weights
    (maskedError e.observed e.M (endToEnd e.weights)) k

/-- The loss of a real matrix. -/
noncomputable def realLoss (A : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin (e.widths 0)) ℝ) :
    ℝ :=
  maskedLoss e.observed (e.M.map (Rat.castHom ℝ)) A

lemma realLoss_endToEnd_toReal (W : Weights (fun k => Fin (e.widths k)) ℚ) :
    e.realLoss (endToEnd (toReal W)) = (e.loss W : ℚ) := by
  rw [realLoss, endToEnd_toReal, maskedLoss_map, loss, Rat.coe_castHom]

/-- The weights are critical and no local minimum, and `better` has a smaller loss. -/
def IsExample (better : Weights (fun k => Fin (e.widths k)) ℚ) : Prop :=
  IsCritical (toReal e.weights) e.realLoss ∧
    ¬ IsLocalMin (fun W : Weights (fun k => Fin (e.widths k)) ℝ => e.realLoss (endToEnd W))
      (toReal e.weights) ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

variable {e}

lemma isExample {better : Weights (fun k => Fin (e.widths k)) ℚ} {r : ℕ} (hH : 1 ≤ e.depth)
    (h : ∀ k, e.gradient k = 0) {F : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin r) ℚ}
    {G : Matrix (Fin r) (Fin (e.widths 0)) ℚ} (hFG : endToEnd e.weights = F * G)
    (hr : ∀ k, r < e.widths k) {i : Fin (e.widths (Fin.last e.depth))} {j : Fin (e.widths 0)}
    (hij : (i, j) ∈ e.observed) (hne : endToEnd e.weights i j ≠ e.M i j)
    (hb : e.loss better < e.loss e.weights) : e.IsExample better := by
  have hR := endToEnd_toReal e.weights
  refine ⟨?_, fun hmin => ?_, ?_⟩
  · refine (isCritical_iff (hasGateauxDerivAt_maskedLoss e.observed (e.M.map (Rat.castHom ℝ))
      (endToEnd (toReal e.weights)))).2 fun k V => ?_
    refine (innerProduct_tail_mul_mul_head (toReal e.weights) _ k V).trans ?_
    have hg : layerGradient (toReal e.weights)
        (maskedError e.observed (e.M.map (Rat.castHom ℝ)) (endToEnd (toReal e.weights))) k = 0 := by
      have h0 := congrArg (fun A => A.map (Rat.castHom ℝ)) (h k)
      rw [hR, maskedError_map]
      simp only [gradient, layerGradient, Matrix.map_mul, Matrix.transpose_map, ← tail_map,
        ← head_map] at h0
      exact h0.trans (Matrix.map_zero _ (map_zero _))
    rw [hg, innerProduct_apply, Matrix.zero_mul, Matrix.trace_zero]
  · have hrank : (endToEnd (toReal e.weights)).rank < bottleneck (fun k => Fin (e.widths k)) := by
      have hle : (endToEnd (toReal e.weights)).rank ≤ r := by
        rw [hR, hFG, Matrix.map_mul]
        exact rank_le_of_eq_mul rfl
      refine hle.trans_lt ?_
      simpa [bottleneck, Finset.lt_inf'_iff] using hr
    have heq := eq_of_isLocalMin_maskedLoss hH (Or.inl hrank) hmin (i, j) hij
    rw [hR] at heq
    exact hne ((Rat.castHom ℝ).injective heq)
  · rw [realLoss_endToEnd_toReal, realLoss_endToEnd_toReal]
    exact_mod_cast hb

/-- Widths 2, 2, 2; the diagonal is observed. -/
def diagonalTwo : CompletionInstance where
  depth := 2
  widths := ![2, 2, 2]
  weights
    | 0 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![3, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  M := (!![3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  observed := ({(0, 0), (1, 1)} : Finset (Fin 2 × Fin 2))

/-- Weights of smaller loss near by. -/
def diagonalTwoBetter : Weights (fun k : Fin 3 => Fin (![2, 2, 2] k)) ℚ
  | 0 => (!![1, 0; 0, 1/2] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![3, 0; 0, 1/2] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 2, 2; the diagonal is observed, and one entry of it is fitted. Critical, and no local
minimum. -/
theorem isExample_diagonalTwo : diagonalTwo.IsExample diagonalTwoBetter :=
  isExample (r := 1) (by decide) (by decide +kernel)
    (F := (!![3; 0] : Matrix (Fin 2) (Fin 1) ℚ)) (G := (!![1, 0] : Matrix (Fin 1) (Fin 2) ℚ))
    (by decide +kernel) (by decide) (i := (1 : Fin 2)) (j := (1 : Fin 2)) (by decide)
    (by decide +kernel) (by decide +kernel)

/-- Widths 3, 2, 2, at the origin; three entries are observed. -/
def originThree : CompletionInstance where
  depth := 2
  widths := ![3, 2, 2]
  weights
    | 0 => (!![0, 0, 0; 0, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)
    | 1 => (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  M := (!![1, 2, 0; 0, 3, 0] : Matrix (Fin 2) (Fin 3) ℚ)
  observed := ({(0, 0), (0, 1), (1, 1)} : Finset (Fin 2 × Fin 3))

/-- Weights of smaller loss near by. -/
def originThreeBetter : Weights (fun k : Fin 3 => Fin (![3, 2, 2] k)) ℚ
  | 0 => (!![0, 1/2, 0; 0, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)
  | 1 => (!![1/2, 0; 1/2, 0] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 3, 2, 2, at the origin; three entries are observed. Critical, and no local minimum. -/
theorem isExample_originThree : originThree.IsExample originThreeBetter :=
  isExample (r := 0) (by decide) (by decide +kernel)
    (F := (0 : Matrix (Fin 2) (Fin 0) ℚ)) (G := (0 : Matrix (Fin 0) (Fin 3) ℚ))
    (by decide +kernel) (by decide) (i := (0 : Fin 2)) (j := (0 : Fin 3)) (by decide)
    (by decide +kernel) (by decide +kernel)

/-- Widths 2, 2, 2, 3; four entries are observed. -/
def deepThree : CompletionInstance where
  depth := 3
  widths := ![2, 2, 2, 3]
  weights
    | 0 => (!![1, 0; 2, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![2, 0; 1, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  M := (!![2, 0; 1, 0; 0, 5] : Matrix (Fin 3) (Fin 2) ℚ)
  observed := ({(0, 0), (1, 0), (2, 0), (2, 1)} : Finset (Fin 3 × Fin 2))

/-- Weights of smaller loss. -/
def deepThreeBetter : Weights (fun k : Fin 4 => Fin (![2, 2, 2, 3] k)) ℚ
  | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![2, 0; 1, 0; 0, 1] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Widths 2, 2, 2, 3; four entries are observed, and three are fitted. Critical, and no local
minimum. -/
theorem isExample_deepThree : deepThree.IsExample deepThreeBetter :=
  isExample (r := 1) (by decide) (by decide +kernel)
    (F := (!![2; 1; 0] : Matrix (Fin 3) (Fin 1) ℚ)) (G := (!![1, 0] : Matrix (Fin 1) (Fin 2) ℚ))
    (by decide +kernel) (by decide) (i := (2 : Fin 3)) (j := (1 : Fin 2)) (by decide)
    (by decide +kernel) (by decide +kernel)

end CompletionInstance

end DeepLinear
