/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Instances.Basic
import DeepLinear.Landscape.DeepToShallow
import DeepLinear.RankBounded

/-!
# Instances of Lu and Kawaguchi's Theorem 1

Critical weights whose end-to-end matrix has rank below the bottleneck width and which are no local
minimum, with weights of smaller loss near by.
-/

open Matrix

namespace DeepLinear

namespace NetworkInstance

variable {e : NetworkInstance}

/-- The weights are critical and no local minimum, the end-to-end matrix has rank below the
bottleneck width, and `better` has a smaller loss. -/
def IsEscapeExample (e : NetworkInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) : Prop :=
  e.IsCriticalPoint ∧ (endToEnd (toReal e.weights)).rank < bottleneck (fun k => Fin (e.widths k)) ∧
    ¬ IsLocalMin (fun W : Weights (fun k => Fin (e.widths k)) ℝ => e.realLoss (endToEnd W))
      (toReal e.weights) ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

lemma isEscapeExample {better : Weights (fun k => Fin (e.widths k)) ℚ} {r : ℕ}
    (h : ∀ k, e.gradient k = 0) {F : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin r) ℚ}
    {G : Matrix (Fin r) (Fin (e.widths 0)) ℚ} (hFG : endToEnd e.weights = F * G)
    (hr : ∀ k, r < e.widths k) (hslope : (endToEnd e.weights * e.X - e.Y) * e.Xᵀ ≠ 0)
    (hb : e.loss better < e.loss e.weights) : e.IsEscapeExample better := by
  have hrank : (endToEnd (toReal e.weights)).rank < bottleneck (fun k => Fin (e.widths k)) := by
    have hle : (endToEnd (toReal e.weights)).rank ≤ r := by
      rw [endToEnd_toReal, hFG, Matrix.map_mul]
      exact rank_le_of_eq_mul rfl
    refine hle.trans_lt ?_
    simpa [bottleneck, Finset.lt_inf'_iff] using hr
  refine ⟨e.isCriticalPoint_iff.2 h, hrank, fun hmin => hslope ?_, ?_⟩
  · have hzero := deriv_eq_zero_of_isLocalMin_of_rank_lt
      (hasGateauxDerivAt_datasetLoss (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)) _) hmin
        hrank
    have h0 := innerProduct_eq_zero_iff.1 hzero
    rw [endToEnd_toReal, ← Matrix.map_mul, ← Matrix.map_sub _ (map_sub _), ← Matrix.transpose_map,
      ← Matrix.map_mul] at h0
    exact Matrix.map_injective (Rat.castHom ℝ).injective
      (h0.trans (Matrix.map_zero _ (map_zero _)).symm)
  · rw [realLoss_endToEnd_toReal, realLoss_endToEnd_toReal]
    exact_mod_cast hb

/-- Widths 2, 2, 1, rank 0. -/
def deficientZero : NetworkInstance where
  depth := 2
  widths := ![2, 2, 1]
  samples := 2
  weights
    | 0 => (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![8, 0] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Weights of smaller loss near by. -/
def deficientZeroBetter : Weights (fun k : Fin 3 => Fin (![2, 2, 1] k)) ℚ
  | 0 => (!![1/4, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1/4, 0] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 2, 2, 1, rank 0. Critical weights of rank below the
bottleneck width: no local minimum. -/
theorem isEscapeExample_deficientZero : deficientZero.IsEscapeExample deficientZeroBetter :=
  isEscapeExample (by decide +kernel)
    (F := (0 : Matrix (Fin 1) (Fin 0) ℚ)) (G := (0 : Matrix (Fin 0) (Fin 2) ℚ))
    (by decide +kernel) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 3, 2, 2, rank 1: a bottleneck. -/
def deficientOne : NetworkInstance where
  depth := 2
  widths := ![3, 2, 2]
  samples := 3
  weights
    | 0 => (!![3/2, 0, 0; 4/3, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)
    | 1 => (!![-6, 9; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0, 0; 0, 1, 0; 0, 0, 1] : Matrix (Fin 3) (Fin 3) ℚ)
  Y := (!![3, 0, 0; 0, 2, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Weights of smaller loss near by. -/
def deficientOneBetter : Weights (fun k : Fin 3 => Fin (![3, 2, 2] k)) ℚ
  | 0 => (!![3/2, -1/288, 0; 4/3, 1/256, 0] : Matrix (Fin 2) (Fin 3) ℚ)
  | 1 => (!![-6, 9; -2/9, 1/4] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 3, 2, 2, rank 1: a bottleneck. Critical weights of rank below the
bottleneck width: no local minimum. -/
theorem isEscapeExample_deficientOne : deficientOne.IsEscapeExample deficientOneBetter :=
  isEscapeExample (by decide +kernel)
    (F := (!![3; 0] : Matrix (Fin 2) (Fin 1) ℚ))
    (G := (!![1, 0, 0] : Matrix (Fin 1) (Fin 3) ℚ))
    (by decide +kernel) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 2, 3, 2, 2, rank 1, three layers. -/
def deficientDeep : NetworkInstance where
  depth := 3
  widths := ![2, 3, 2, 2]
  samples := 2
  weights
    | 0 => (!![-2/3, 0; -4, 0; 1/2, 0] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![0, 0, 0; -9/11, 9/11, 27/11] : Matrix (Fin 2) (Fin 3) ℚ)
    | 2 => (!![0, -14/3; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![7, 0; 0, 8] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near by. -/
def deficientDeepBetter : Weights (fun k : Fin 4 => Fin (![2, 3, 2, 2] k)) ℚ
  | 0 => (!![-2/3, -3/2048; -4, 1/4096; 1/2, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  | 1 => (!![-3/16, 1/32, 0; -9/11, 9/11, 27/11] : Matrix (Fin 2) (Fin 3) ℚ)
  | 2 => (!![0, -14/3; 1/32, 0] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 3, 2, 2, rank 1, three layers. Critical weights of rank below the
bottleneck width: no local minimum. -/
theorem isEscapeExample_deficientDeep : deficientDeep.IsEscapeExample deficientDeepBetter :=
  isEscapeExample (by decide +kernel)
    (F := (!![7; 0] : Matrix (Fin 2) (Fin 1) ℚ))
    (G := (!![1, 0] : Matrix (Fin 1) (Fin 2) ℚ))
    (by decide +kernel) (by decide) (by decide +kernel) (by decide +kernel)

end NetworkInstance

end DeepLinear
