/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic

/-!
# Instances of Problem 1.4

Networks with layers of unequal widths, bottlenecks among them: the gradient that the definition
evaluates over the rationals is the matrix of partial derivatives over the reals.
-/

@[expose] public section

open Matrix

namespace DeepLinear

namespace NetworkInstance

/-- `G` is the gradient as it is evaluated over the rationals, and its entries are the partial
derivatives over the reals. -/
def IsGradientExample (e : NetworkInstance)
    (G : ∀ k : Fin e.depth, Matrix (Fin (e.widths k.succ)) (Fin (e.widths k.castSucc)) ℚ) : Prop :=
  (∀ k, e.gradient k = G k) ∧ ∀ k i j,
    HasDerivAt (fun t : ℝ => e.realLoss (endToEnd (e.moved k i j t))) (G k i j : ℚ) 0

lemma isGradientExample {e : NetworkInstance}
    {G : ∀ k : Fin e.depth, Matrix (Fin (e.widths k.succ)) (Fin (e.widths k.castSucc)) ℚ}
    (h : ∀ k, e.gradient k = G k) : e.IsGradientExample G := by
  refine ⟨h, fun k i j => ?_⟩
  have hreal := hasDerivAt_datasetLoss_entry (toReal e.weights)
    (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)) k i j
  have hval : datasetGradient (toReal e.weights) (e.X.map (Rat.castHom ℝ))
      (e.Y.map (Rat.castHom ℝ)) k i j = ((G k i j : ℚ) : ℝ) := by
    rw [datasetGradient_toReal, h k]
    rfl
  exact hval ▸ hreal

/-- Widths 2, 3, 1. -/
def datasetTwo : NetworkInstance where
  depth := 2
  widths := ![2, 3, 1]
  samples := 3
  weights
    | 0 => (!![-2, 1; -2, 2; -1, 1/2] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![-1, 1/2, -1] : Matrix (Fin 1) (Fin 3) ℚ)
  X := (!![-2, 2, 0; 1/2, 1, -2] : Matrix (Fin 2) (Fin 3) ℚ)
  Y := (!![-2, -1, -2] : Matrix (Fin 1) (Fin 3) ℚ)

/-- The gradient of `datasetTwo`. -/
def datasetTwoGradient : ∀ k : Fin 2,
    Matrix (Fin (![2, 3, 1] k.succ)) (Fin (![2, 3, 1] k.castSucc)) ℚ
  | 0 => (!![-27/2, 21/8; 27/4, -21/16; -27/2, 21/8] : Matrix (Fin 3) (Fin 2) ℚ)
  | 1 => (!![-237/8, -129/4, -237/16] : Matrix (Fin 1) (Fin 3) ℚ)

/-- Widths 2, 3, 1. The gradient is the matrix of partial derivatives. -/
theorem isGradientExample_datasetTwo : datasetTwo.IsGradientExample datasetTwoGradient :=
  isGradientExample (by decide +kernel)

/-- Widths 2, 1, 2: a bottleneck. -/
def datasetBottleneck : NetworkInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 3
  weights
    | 0 => (!![-1, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![2; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![1, -1, 1/2; 1/2, -1, 1] : Matrix (Fin 2) (Fin 3) ℚ)
  Y := (!![-1, -1, 1; 1/2, 0, -1] : Matrix (Fin 2) (Fin 3) ℚ)

/-- The gradient of `datasetBottleneck`. -/
def datasetBottleneckGradient : ∀ k : Fin 2,
    Matrix (Fin (![2, 1, 2] k.succ)) (Fin (![2, 1, 2] k.castSucc)) ℚ
  | 0 => (!![-10, -11] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![5; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 2, 1, 2: a bottleneck. The gradient is the matrix of partial derivatives. -/
theorem isGradientExample_datasetBottleneck : datasetBottleneck.IsGradientExample
    datasetBottleneckGradient :=
  isGradientExample (by decide +kernel)

/-- Widths 1, 2, 1, 2. -/
def datasetThree : NetworkInstance where
  depth := 3
  widths := ![1, 2, 1, 2]
  samples := 2
  weights
    | 0 => (!![1; -1] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![-1, 1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![-2; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![1, 1] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![1, 1; -1, 2] : Matrix (Fin 2) (Fin 2) ℚ)

/-- The gradient of `datasetThree`. -/
def datasetThreeGradient : ∀ k : Fin 3,
    Matrix (Fin (![1, 2, 1, 2] k.succ)) (Fin (![1, 2, 1, 2] k.castSucc)) ℚ
  | 0 => (!![12; -12] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![-12, 12] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![-12; 2] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 1, 2, 1, 2. The gradient is the matrix of partial derivatives. -/
theorem isGradientExample_datasetThree : datasetThree.IsGradientExample datasetThreeGradient :=
  isGradientExample (by decide +kernel)

end NetworkInstance

end DeepLinear
