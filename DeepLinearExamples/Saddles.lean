/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinear.Landscape.Main
public import DeepLinear.Landscape.Saddles

/-!
# Instances of Theorems 2.2 and 2.3, and of saddle points

Critical weights whose end-to-end matrix has the rank of the bottleneck width and misses one of the
greatest singular values. By Theorem 2.2 it is no local minimum of the shallow problem, by Theorem
2.3 the weights are none of the deep problem, so they are a saddle.
The control is `X = 0`, where all weights are a local maximum.
-/

@[expose] public section

open Matrix

namespace DeepLinear

namespace NetworkInstance

variable {e : NetworkInstance} {better : Weights (fun k => Fin (e.widths k)) ℚ}

/-- The weights are critical, the end-to-end matrix is no local minimum on the matrices of rank at
most the bottleneck width, and `better` has a smaller loss. -/
def IsShallowExample (e : NetworkInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) :
    Prop :=
  e.IsCriticalPoint ∧
    ¬ IsLocalMinOn e.realLoss {A | A.rank ≤ bottleneck (fun k => Fin (e.widths k))}
      (endToEnd (toReal e.weights)) ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

lemma isShallowExample (h : ∀ k, e.gradient k = 0) (hb : e.loss better < e.loss e.weights) :
    e.IsShallowExample better := by
  refine ⟨e.isCriticalPoint_iff.2 h, fun hmin => ?_, realLoss_lt hb⟩
  have hglobal := isMinOn_datasetLoss_of_isLocalMinOn _ _ (rank_endToEnd_le (toReal e.weights)) hmin
  exact (realLoss_lt hb).not_ge (hglobal (rank_endToEnd_le (toReal better)))

/-- The weights are critical and no local minimum, and `better` has a smaller loss. -/
def IsDeepExample (e : NetworkInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) : Prop :=
  e.IsCriticalPoint ∧
    ¬ IsLocalMin (fun W : Weights (fun k => Fin (e.widths k)) ℝ => e.realLoss (endToEnd W))
      (toReal e.weights) ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

lemma isDeepExample (h : ∀ k, e.gradient k = 0) (hb : e.loss better < e.loss e.weights) :
    e.IsDeepExample better := by
  refine ⟨e.isCriticalPoint_iff.2 h, fun hmin => ?_, realLoss_lt hb⟩
  have hglobal := isMinOn_of_isLocalMin_of_any_data _ _ _ hmin
  exact (realLoss_lt hb).not_ge (hglobal (Set.mem_univ (toReal better)))

/-- The weights are a saddle point, and `better` has a smaller loss. -/
def IsDeepSaddle (e : NetworkInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) : Prop :=
  IsSaddle (toReal e.weights) e.realLoss ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

lemma isDeepSaddle (hH : 1 ≤ e.depth) (hpos : ∀ k, 0 < e.widths k) (h : ∀ k, e.gradient k = 0)
    (hb : e.loss better < e.loss e.weights) : e.IsDeepSaddle better := by
  have : ∀ k, Nonempty (Fin (e.widths k)) := fun k => ⟨⟨0, hpos k⟩⟩
  refine ⟨isSaddle_of_isCritical hH (e.isCriticalPoint_iff.2 h) fun hmin => ?_, realLoss_lt hb⟩
  exact (realLoss_lt hb).not_ge (hmin (Set.mem_univ (toReal better)))

/-- The weights are a local maximum. -/
def IsLocalMaxControl (e : NetworkInstance) : Prop :=
  IsLocalMax (fun W : Weights (fun k => Fin (e.widths k)) ℝ => e.realLoss (endToEnd W))
    (toReal e.weights)

lemma isLocalMaxControl (hX : e.X = 0) : e.IsLocalMaxControl := by
  refine Filter.Eventually.of_forall fun W => le_of_eq ?_
  simp only [realLoss, hX, Matrix.map_zero _ (map_zero _), datasetLoss, Matrix.mul_zero]

/-- Widths 2, 1, 2. -/
def missedTwo : NetworkInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 2
  weights
    | 0 => (!![0, -1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![0; 2] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![4, -3; -2, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, -9; 4, 0] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near by. -/
def missedTwoBetter : Weights (fun k : Fin 3 => Fin (![2, 1, 2] k)) ℚ
  | 0 => (!![-1/12, -7/6] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![-36/65; 128/65] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 2, 1, 2. The end-to-end matrix misses a greater singular value: no local minimum on the
matrices of rank at most the bottleneck width. -/
theorem isShallowExample_missedTwo : missedTwo.IsShallowExample missedTwoBetter :=
  isShallowExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2. Critical weights that are no global minimum are no local minimum. -/
theorem isDeepExample_missedTwo : missedTwo.IsDeepExample missedTwoBetter :=
  isDeepExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2. Critical weights that are no global minimum are a saddle point. -/
theorem isDeepSaddle_missedTwo : missedTwo.IsDeepSaddle missedTwoBetter :=
  isDeepSaddle (by decide) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 3, 2, 2, 3. -/
def missedWide : NetworkInstance where
  depth := 3
  widths := ![3, 2, 2, 3]
  samples := 3
  weights
    | 0 => (!![-1, 0, -2/3; 4/3, 1, 13/9] : Matrix (Fin 2) (Fin 3) ℚ)
    | 1 => (!![-4/3, -1; 7/2, 3] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![1/2, -1/2; -8, -4; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  X := (!![8/3, 0, -4/3; 22/9, 16/3, -2; -4, -8, 4] : Matrix (Fin 3) (Fin 3) ℚ)
  Y := (!![-4/9, -4/9, -7/9; -8/9, 64/9, -32/9; 16/9, -2/9, -8/9] : Matrix (Fin 3) (Fin 3) ℚ)

/-- Weights of smaller loss near by. -/
def missedWideBetter : Weights (fun k : Fin 4 => Fin (![3, 2, 2, 3] k)) ℚ
  | 0 => (!![-8/15, -1/15, -187/270; 17/18, 19/18, 475/324] : Matrix (Fin 2) (Fin 3) ℚ)
  | 1 => (!![-4/3, -1; 7/2, 3] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![1/4, -1/4; -8, -4; -1/2, 1/2] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Widths 3, 2, 2, 3. The end-to-end matrix misses a greater singular value: no local minimum on
the matrices of rank at most the bottleneck width. -/
theorem isShallowExample_missedWide : missedWide.IsShallowExample missedWideBetter :=
  isShallowExample (by decide +kernel) (by decide +kernel)

/-- Widths 3, 2, 2, 3. Critical weights that are no global minimum are no local minimum. -/
theorem isDeepExample_missedWide : missedWide.IsDeepExample missedWideBetter :=
  isDeepExample (by decide +kernel) (by decide +kernel)

/-- Widths 3, 2, 2, 3. Critical weights that are no global minimum are a saddle point. -/
theorem isDeepSaddle_missedWide : missedWide.IsDeepSaddle missedWideBetter :=
  isDeepSaddle (by decide) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 3, 1, 2; the inputs are linearly dependent. -/
def missedSingular : NetworkInstance where
  depth := 2
  widths := ![3, 1, 2]
  samples := 2
  weights
    | 0 => (!![1, 3, 0] : Matrix (Fin 1) (Fin 3) ℚ)
    | 1 => (!![7/4; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![-4, -8; 8/3, 8/3; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  Y := (!![7, 0; 0, 9] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near by. -/
def missedSingularBetter : Weights (fun k : Fin 3 => Fin (![3, 1, 2] k)) ℚ
  | 0 => (!![1/2, 9/4, 0] : Matrix (Fin 1) (Fin 3) ℚ)
  | 1 => (!![7/5; 9/10] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 3, 1, 2; the inputs are linearly dependent. The end-to-end matrix misses a greater
singular value: no local minimum on the matrices of rank at most the bottleneck width. -/
theorem isShallowExample_missedSingular : missedSingular.IsShallowExample missedSingularBetter :=
  isShallowExample (by decide +kernel) (by decide +kernel)

/-- Widths 3, 1, 2; the inputs are linearly dependent. Critical weights that are no global minimum
are no local minimum. -/
theorem isDeepExample_missedSingular : missedSingular.IsDeepExample missedSingularBetter :=
  isDeepExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 2, 1, 3. -/
def missedThird : NetworkInstance where
  depth := 3
  widths := ![2, 2, 1, 3]
  samples := 2
  weights
    | 0 => (!![4/3, 16/9; -1, -4/3] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, -4/3] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![-1/2; -1/4; 1/2] : Matrix (Fin 3) (Fin 1) ℚ)
  X := (!![4, 8; 0, -6] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![-8/3, 4; -4/3, -4; 8/3, 2] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Weights of smaller loss near by. -/
def missedThirdBetter : Weights (fun k : Fin 4 => Fin (![2, 2, 1, 3] k)) ℚ
  | 0 => (!![4/3, 8/9; -1, -2/3] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![0, -4/3] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![1/8; -1/2; 7/16] : Matrix (Fin 3) (Fin 1) ℚ)

/-- Widths 2, 2, 1, 3. Critical weights that are no global minimum are a saddle point. -/
theorem isDeepSaddle_missedThird : missedThird.IsDeepSaddle missedThirdBetter :=
  isDeepSaddle (by decide) (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 1, and `X = 0`. -/
def blind : NetworkInstance where
  depth := 2
  widths := ![2, 1, 1]
  samples := 2
  weights
    | 0 => (!![1, -1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![2] : Matrix (Fin 1) (Fin 1) ℚ)
  X := (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 3] : Matrix (Fin 1) (Fin 2) ℚ)

/-- With `X = 0` the loss is constant, and the weights are a local maximum. -/
theorem isLocalMaxControl_blind : blind.IsLocalMaxControl :=
  isLocalMaxControl (by decide +kernel)

end NetworkInstance

end DeepLinear
