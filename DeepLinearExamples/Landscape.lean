/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinear.Landscape.DeepToShallow

/-!
# Instances of Lu and Kawaguchi's Theorem 2.1, and of Laurent and von Brecht

Critical weights whose end-to-end matrix has rank below the bottleneck width and which are no local
minimum, with weights of smaller loss near by.
-/

@[expose] public section

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

/-- No layer is narrower than both the input and the output, the weights are critical and no local
minimum, and `better` has a smaller loss. -/
def IsNoBottleneckExample (e : NetworkInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) :
    Prop :=
  NoBottleneck (fun k => Fin (e.widths k)) ∧ e.IsCriticalPoint ∧
    ¬ IsLocalMin (fun W : Weights (fun k => Fin (e.widths k)) ℝ => e.realLoss (endToEnd W))
      (toReal e.weights) ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

lemma isNoBottleneckExample {better : Weights (fun k => Fin (e.widths k)) ℚ} (hH : 1 ≤ e.depth)
    (hwidths : ∀ k, min (e.widths 0) (e.widths (Fin.last e.depth)) ≤ e.widths k)
    (h : ∀ k, e.gradient k = 0) (hb : e.loss better < e.loss e.weights) :
    e.IsNoBottleneckExample better := by
  have hno : NoBottleneck (fun k => Fin (e.widths k)) := by
    simpa [NoBottleneck] using hwidths
  refine ⟨hno, e.isCriticalPoint_iff.2 h, fun hmin => ?_, realLoss_lt hb⟩
  have hglobal := isMinOn_of_isLocalMin_of_noBottleneck hH hno (convexOn_datasetLoss _ _)
    (hasGateauxDerivAt_datasetLoss _ _ _) hmin
  exact (realLoss_lt hb).not_ge (hglobal (Set.mem_univ _))

/-- Widths 2, 3, 2: no bottleneck. -/
def wideTwo : NetworkInstance where
  depth := 2
  widths := ![2, 3, 2]
  samples := 2
  weights
    | 0 => (!![-1, 0; 0, 0; -3, 0] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![-8, 2, 0; 0, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![8, 0; 0, 6] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near by. -/
def wideTwoBetter : Weights (fun k : Fin 3 => Fin (![2, 3, 2] k)) ℚ
  | 0 => (!![-1, 0; 0, 3/8; -3, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  | 1 => (!![-8, 2, 0; 0, 1/2, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Widths 2, 3, 2: no bottleneck. Critical weights that do not minimize the loss over all matrices
are no local minimum. -/
theorem isNoBottleneckExample_wideTwo : wideTwo.IsNoBottleneckExample wideTwoBetter :=
  isNoBottleneckExample (by decide) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 1, 2, 3: no bottleneck. -/
def wideOut : NetworkInstance where
  depth := 2
  widths := ![1, 2, 3]
  samples := 1
  weights
    | 0 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![0, 0; 0, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  X := (!![1] : Matrix (Fin 1) (Fin 1) ℚ)
  Y := (!![3; 0; 0] : Matrix (Fin 3) (Fin 1) ℚ)

/-- Weights of smaller loss near by. -/
def wideOutBetter : Weights (fun k : Fin 3 => Fin (![1, 2, 3] k)) ℚ
  | 0 => (!![3/8; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![1/2, 0; 0, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Widths 1, 2, 3: no bottleneck. Critical weights that do not minimize the loss over all matrices
are no local minimum. -/
theorem isNoBottleneckExample_wideOut : wideOut.IsNoBottleneckExample wideOutBetter :=
  isNoBottleneckExample (by decide) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 3, 3, 4, 2: no bottleneck. -/
def wideDeep : NetworkInstance where
  depth := 3
  widths := ![3, 3, 4, 2]
  samples := 3
  weights
    | 0 => (!![-1, 0, 0; 3/2, 0, 0; -1, 0, 0] : Matrix (Fin 3) (Fin 3) ℚ)
    | 1 => (!![0, 1, 1/2; 0, 2/3, 1/3; 0, 1/3, 1/6; 0, 1, 1/2] : Matrix (Fin 4) (Fin 3) ℚ)
    | 2 => (!![17/7, 2/7, -1, -2/7; 0, 0, 0, 0] : Matrix (Fin 2) (Fin 4) ℚ)
  X := (!![1, 0, 0; 0, 1, 0; 0, 0, 1] : Matrix (Fin 3) (Fin 3) ℚ)
  Y := (!![2, 0, 0; 0, 3, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Weights of smaller loss near by. -/
def wideDeepBetter : Weights (fun k : Fin 4 => Fin (![3, 3, 4, 2] k)) ℚ
  | 0 => (!![-1, 13/32, 0; 3/2, 13/48, 0; -1, 0, 0] : Matrix (Fin 3) (Fin 3) ℚ)
  | 1 => (!![-1/4, 5/6, 1/2; 3/8, 11/12, 1/3; 0, 1/3, 1/6; 0, 1, 1/2] : Matrix (Fin 4) (Fin 3) ℚ)
  | 2 => (!![17/7, 2/7, -1, -2/7; -1/6, 1/4, 0, 0] : Matrix (Fin 2) (Fin 4) ℚ)

/-- Widths 3, 3, 4, 2: no bottleneck. Critical weights that do not minimize the loss over all
matrices are no local minimum. -/
theorem isNoBottleneckExample_wideDeep : wideDeep.IsNoBottleneckExample wideDeepBetter :=
  isNoBottleneckExample (by decide) (by decide) (by decide +kernel) (by decide +kernel)

end NetworkInstance

end DeepLinear
