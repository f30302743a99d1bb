/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinear.Hessian

/-!
# Instances of Problem 3

The origin of networks with layers of unequal widths, bottlenecks among them: a critical point, a
saddle with points of smaller and of greater loss near by, and second derivatives in two directions.
The controls are one layer, data with `X Yᵀ = 0`, and two layers.
-/

@[expose] public section

open Matrix

namespace DeepLinear

namespace NetworkInstance

variable {e : NetworkInstance}

lemma toReal_eq_zero (h0 : e.weights = 0) : toReal e.weights = 0 := by
  rw [h0]
  funext k
  exact Matrix.map_zero _ (map_zero _)

/-- The weights are zero and critical. -/
def IsOriginExample (e : NetworkInstance) : Prop :=
  e.weights = 0 ∧ e.IsCriticalPoint

lemma isOriginExample (hH : 2 ≤ e.depth) (h0 : e.weights = 0) : e.IsOriginExample := by
  refine ⟨h0, ?_⟩
  rw [IsCriticalPoint, toReal_eq_zero h0]
  exact isCritical_zero _ _ _ hH

/-- The weights are zero and not critical. -/
def IsOriginControl (e : NetworkInstance) : Prop :=
  e.weights = 0 ∧ ¬ e.IsCriticalPoint

lemma isOriginControl (h0 : e.weights = 0) (h : ¬ ∀ k, e.gradient k = 0) : e.IsOriginControl :=
  ⟨h0, fun hcrit => h (e.isCriticalPoint_iff.1 hcrit)⟩

/-- The weights are zero and a saddle point; `better` has a smaller loss and `worse` a greater one.
-/
def IsSaddleExample (e : NetworkInstance) (better worse : Weights (fun k => Fin (e.widths k)) ℚ) :
    Prop :=
  e.weights = 0 ∧ IsSaddle (toReal e.weights) e.realLoss ∧
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights)) ∧
      e.realLoss (endToEnd (toReal e.weights)) < e.realLoss (endToEnd (toReal worse))

lemma isSaddleExample {better worse : Weights (fun k => Fin (e.widths k)) ℚ} (hH : 2 ≤ e.depth)
    (hpos : ∀ k, 0 < e.widths k) (h0 : e.weights = 0) (hXY : e.X * e.Yᵀ ≠ 0)
    (hb : e.loss better < e.loss e.weights) (hw : e.loss e.weights < e.loss worse) :
    e.IsSaddleExample better worse := by
  refine ⟨h0, ?_, ?_, ?_⟩
  · have : ∀ k, Nonempty (Fin (e.widths k)) := fun k => ⟨⟨0, hpos k⟩⟩
    rw [toReal_eq_zero h0]
    refine isSaddle_zero _ _ _ hH fun h => hXY ?_
    rw [← Matrix.transpose_map, ← Matrix.map_mul] at h
    exact Matrix.map_injective (Rat.castHom ℝ).injective
      (h.trans (Matrix.map_zero _ (map_zero _)).symm)
  · rw [realLoss_endToEnd_toReal, realLoss_endToEnd_toReal]
    exact_mod_cast hb
  · rw [realLoss_endToEnd_toReal, realLoss_endToEnd_toReal]
    exact_mod_cast hw

/-- The weights are zero and a global minimum. -/
def IsSaddleControl (e : NetworkInstance) : Prop :=
  e.weights = 0 ∧ e.IsGlobalMin

lemma isSaddleControl (hH : 1 ≤ e.depth) (h0 : e.weights = 0) (hXY : e.Y * e.Xᵀ = 0) :
    e.IsSaddleControl := by
  refine ⟨h0, fun W _ => ?_⟩
  have hR : endToEnd (toReal e.weights) = 0 := by
    rw [toReal_eq_zero h0]
    refine head_zero_weights fun h => ?_
    have := congrArg Fin.val h
    simp only [Fin.val_last, Fin.val_zero] at this
    omega
  have hzero : ((0 : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin (e.widths 0)) ℝ) *
      e.X.map (Rat.castHom ℝ) - e.Y.map (Rat.castHom ℝ)) * (e.X.map (Rat.castHom ℝ))ᵀ = 0 := by
    rw [Matrix.zero_mul, zero_sub, Matrix.neg_mul, ← Matrix.transpose_map, ← Matrix.map_mul, hXY,
      Matrix.map_zero _ (map_zero _), neg_zero]
  change e.realLoss (endToEnd (toReal e.weights)) ≤ e.realLoss (endToEnd W)
  rw [hR]
  exact isMinOn_datasetLoss_of_slope_eq_zero hzero (Set.mem_univ _)

/-- The second derivative of the loss at the weights in the directions `U` and `V` is `c`, as it is
evaluated over the rationals and over the reals. -/
def IsHessianExample (e : NetworkInstance) (U V : Weights (fun k => Fin (e.widths k)) ℚ) (c : ℚ) :
    Prop :=
  datasetHessian e.weights e.X e.Y U V = c ∧
    HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => e.realLoss (endToEnd
        (toReal e.weights + a • toReal U + b • toReal V))) 0) (c : ℝ) 0

lemma isHessianExample {U V : Weights (fun k => Fin (e.widths k)) ℚ} {c : ℚ}
    (h : datasetHessian e.weights e.X e.Y U V = c) : e.IsHessianExample U V c := by
  refine ⟨h, ?_⟩
  have hreal := hasDerivAt_deriv_datasetLoss (toReal e.weights) (toReal U)
    (toReal V) (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ))
  have hval := datasetHessian_map (Rat.castHom ℝ) e.weights U V e.X e.Y
  rw [h] at hval
  exact hreal.congr_deriv hval

/-- Widths 2, 3, 2. The origin. -/
def originTwo : NetworkInstance where
  depth := 2
  widths := ![2, 3, 2]
  samples := 2
  weights
    | 0 => (!![0, 0; 0, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![0, 0, 0; 0, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)
  X := (!![1, 1; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1/2, 1/2; 2, 0] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near the origin. -/
def originTwoBetter : Weights (fun k : Fin 3 => Fin (![2, 3, 2] k)) ℚ
  | 0 => (!![1/10, 0; 0, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  | 1 => (!![1/10, 0, 0; 0, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Weights of greater loss near the origin. -/
def originTwoWorse : Weights (fun k : Fin 3 => Fin (![2, 3, 2] k)) ℚ
  | 0 => (!![-1/10, 0; 0, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  | 1 => (!![1/10, 0, 0; 0, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- Widths 2, 3, 2. The origin is critical. -/
theorem isOriginExample_originTwo : originTwo.IsOriginExample :=
  isOriginExample (by decide) (by decide +kernel)

/-- Widths 2, 3, 2. The origin is a saddle point, with points of smaller and of greater loss. -/
theorem isSaddleExample_originTwo : originTwo.IsSaddleExample originTwoBetter originTwoWorse :=
  isSaddleExample (by decide) (by decide) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2: a bottleneck. The origin. -/
def originBottleneck : NetworkInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 2
  weights
    | 0 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![1, 1; 1/2, -1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![-2, -1; 2, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near the origin. -/
def originBottleneckBetter : Weights (fun k : Fin 3 => Fin (![2, 1, 2] k)) ℚ
  | 0 => (!![-1/10, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![1/10; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Weights of greater loss near the origin. -/
def originBottleneckWorse : Weights (fun k : Fin 3 => Fin (![2, 1, 2] k)) ℚ
  | 0 => (!![1/10, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![1/10; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 2, 1, 2: a bottleneck. The origin is critical. -/
theorem isOriginExample_originBottleneck : originBottleneck.IsOriginExample :=
  isOriginExample (by decide) (by decide +kernel)

/-- Widths 2, 1, 2: a bottleneck. The origin is a saddle point, with points of smaller and of
greater loss. -/
theorem isSaddleExample_originBottleneck : originBottleneck.IsSaddleExample originBottleneckBetter
    originBottleneckWorse :=
  isSaddleExample (by decide) (by decide) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel)

/-- Widths 1, 2, 1, 2. The origin. -/
def originThree : NetworkInstance where
  depth := 3
  widths := ![1, 2, 1, 2]
  samples := 2
  weights
    | 0 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![2, 1] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![0, 1; 0, -2] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss near the origin. -/
def originThreeBetter : Weights (fun k : Fin 4 => Fin (![1, 2, 1, 2] k)) ℚ
  | 0 => (!![1/10; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![1/10, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![1/10; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Weights of greater loss near the origin. -/
def originThreeWorse : Weights (fun k : Fin 4 => Fin (![1, 2, 1, 2] k)) ℚ
  | 0 => (!![-1/10; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![1/10, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![1/10; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 1, 2, 1, 2. The origin is critical. -/
theorem isOriginExample_originThree : originThree.IsOriginExample :=
  isOriginExample (by decide) (by decide +kernel)

/-- Widths 1, 2, 1, 2. The origin is a saddle point, with points of smaller and of greater loss. -/
theorem isSaddleExample_originThree : originThree.IsSaddleExample originThreeBetter
    originThreeWorse :=
  isSaddleExample (by decide) (by decide) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel)

/-- One layer: the origin is not critical. -/
def oneLayerOrigin : NetworkInstance where
  depth := 1
  widths := ![2, 1]
  samples := 2
  weights
    | 0 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1, 0; 1, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 2] : Matrix (Fin 1) (Fin 2) ℚ)

/-- One layer: the gradient at the origin is not zero. -/
theorem isOriginControl_oneLayerOrigin : oneLayerOrigin.IsOriginControl :=
  isOriginControl (by decide +kernel) (by decide +kernel)

/-- Inputs and outputs that are not correlated: `X Yᵀ = 0`. -/
def uncorrelated : NetworkInstance where
  depth := 2
  widths := ![2, 2, 1]
  samples := 2
  weights
    | 0 => (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1, 0; 2, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, 3] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 2, 2, 1 and `X Yᵀ = 0`: the origin is a global minimum. -/
theorem isSaddleControl_uncorrelated : uncorrelated.IsSaddleControl :=
  isSaddleControl (by decide) (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2, 1. The origin. -/
def flatThree : NetworkInstance where
  depth := 3
  widths := ![2, 1, 2, 1]
  samples := 2
  weights
    | 0 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
    | 2 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![2, -1; -2, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- A direction. -/
def flatThreeU : Weights (fun k : Fin 4 => Fin (![2, 1, 2, 1] k)) ℚ
  | 0 => (!![1/2, 1] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![1; -2] : Matrix (Fin 2) (Fin 1) ℚ)
  | 2 => (!![2, 0] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Another direction. -/
def flatThreeV : Weights (fun k : Fin 4 => Fin (![2, 1, 2, 1] k)) ℚ
  | 0 => (!![1, 2] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![-1; 1] : Matrix (Fin 2) (Fin 1) ℚ)
  | 2 => (!![0, -2] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 2, 1, 2, 1. The second derivative at the origin in two directions is 0. -/
theorem isFlatExample_flatThree : flatThree.IsHessianExample flatThreeU flatThreeV 0 :=
  isHessianExample (by decide +kernel)

/-- Widths 1, 2, 2, 1. The origin. -/
def flatWide : NetworkInstance where
  depth := 3
  widths := ![1, 2, 2, 1]
  samples := 2
  weights
    | 0 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![2, -2] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![1/2, 1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- A direction. -/
def flatWideU : Weights (fun k : Fin 4 => Fin (![1, 2, 2, 1] k)) ℚ
  | 0 => (!![1; 2] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![-2, -1; 1, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![2, -1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Another direction. -/
def flatWideV : Weights (fun k : Fin 4 => Fin (![1, 2, 2, 1] k)) ℚ
  | 0 => (!![1/2; -2] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![1/2, -2; 1/2, -1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![0, -2] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 1, 2, 2, 1. The second derivative at the origin in two directions is 0. -/
theorem isFlatExample_flatWide : flatWide.IsHessianExample flatWideU flatWideV 0 :=
  isHessianExample (by decide +kernel)

/-- Widths 1, 2, 1, 2, 1. The origin. -/
def flatFour : NetworkInstance where
  depth := 4
  widths := ![1, 2, 1, 2, 1]
  samples := 2
  weights
    | 0 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
    | 3 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![-1, -1] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![1, 1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- A direction. -/
def flatFourU : Weights (fun k : Fin 5 => Fin (![1, 2, 1, 2, 1] k)) ℚ
  | 0 => (!![1/2; -2] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![0, 2] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![1/2; -2] : Matrix (Fin 2) (Fin 1) ℚ)
  | 3 => (!![-1, -1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Another direction. -/
def flatFourV : Weights (fun k : Fin 5 => Fin (![1, 2, 1, 2, 1] k)) ℚ
  | 0 => (!![1; -1] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![2, -1] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![-2; 1/2] : Matrix (Fin 2) (Fin 1) ℚ)
  | 3 => (!![1, 1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 1, 2, 1, 2, 1. The second derivative at the origin in two directions is 0. -/
theorem isFlatExample_flatFour : flatFour.IsHessianExample flatFourU flatFourV 0 :=
  isHessianExample (by decide +kernel)

/-- Widths 2, 1, 1: two layers. The origin. -/
def curvedTwo : NetworkInstance where
  depth := 2
  widths := ![2, 1, 1]
  samples := 2
  weights
    | 0 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![0] : Matrix (Fin 1) (Fin 1) ℚ)
  X := (!![-2, -1; -1, -1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, -1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- A direction. -/
def curvedTwoU : Weights (fun k : Fin 3 => Fin (![2, 1, 1] k)) ℚ
  | 0 => (!![1, -2] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![2] : Matrix (Fin 1) (Fin 1) ℚ)

/-- Another direction. -/
def curvedTwoV : Weights (fun k : Fin 3 => Fin (![2, 1, 1] k)) ℚ
  | 0 => (!![-1, -2] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![1] : Matrix (Fin 1) (Fin 1) ℚ)

/-- Widths 2, 1, 1: two layers. The second derivative at the origin in two directions is not 0. -/
theorem isFlatControl_curvedTwo : curvedTwo.IsHessianExample curvedTwoU curvedTwoV (-1) :=
  isHessianExample (by decide +kernel)

end NetworkInstance

end DeepLinear
