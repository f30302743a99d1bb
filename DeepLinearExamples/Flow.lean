/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Basic
public import DeepLinearExamples.Basic
public import DeepLinear.Landscape.Saddles

/-!
# Instances of strict saddles and of gradient flow

Critical weights with a direction of negative second derivative; balanced weights, at which the
velocity of the end-to-end matrix is that of the preconditioned equation; and weights that are not
balanced, at which it is not.

## Main definitions

* `DeepLinear.FlowInstance`: a rational network with at least one weight matrix.
* `DeepLinear.FlowInstance.velocity`, `DeepLinear.FlowInstance.preconditioned`: the velocity of the
  end-to-end matrix under gradient flow, and what the preconditioned equation gives.
-/

@[expose] public section

open Matrix

namespace DeepLinear

namespace NetworkInstance

/-- The weights are a strict saddle: critical, with the second derivative `c < 0` along `V`, as it
is evaluated over the rationals. -/
def IsStrictSaddleExample (e : NetworkInstance) (V : Weights (fun k => Fin (e.widths k)) ℚ)
    (c : ℚ) : Prop :=
  c < 0 ∧ datasetHessian e.weights e.X e.Y V V = c ∧
    IsStrictSaddle (toReal e.weights) e.realLoss

lemma isStrictSaddleExample {e : NetworkInstance} {V : Weights (fun k => Fin (e.widths k)) ℚ}
    {c : ℚ} (hc : c < 0)
    (h : datasetHessian e.weights e.X e.Y V V = c)
    (hcrit : ∀ k, e.gradient k = 0) : e.IsStrictSaddleExample V c := by
  refine ⟨hc, h, ?_⟩
  have hval := datasetHessian_map (Rat.castHom ℝ) e.weights V V
    e.X e.Y
  refine isStrictSaddle_of_datasetHessian_neg (V := toReal V)
    (e.isCriticalPoint_iff.2 hcrit) ?_
  refine hval.trans_lt ?_
  rw [h, Rat.coe_castHom]
  exact_mod_cast hc

/-- Widths 2, 2, 3, rank 1, and the first layer has a smaller rank. -/
def strictInput : NetworkInstance where
  depth := 2
  widths := ![2, 2, 3]
  samples := 2
  weights
    | 0 => (!![0, 0; 1, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, 5; 0, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![5, 0; 0, 4; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)

/-- A direction of negative curvature. -/
def strictInputDirection : Weights (fun k : Fin 3 => Fin (![2, 2, 3] k)) ℚ
  | 0 => (!![0, 1; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![0, 0; 1, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Widths 2, 2, 3, rank 1, and the first layer has a smaller rank. Critical, with a negative second
derivative, a strict saddle. -/
theorem isStrictSaddleExample_strictInput :
    strictInput.IsStrictSaddleExample strictInputDirection (-8) :=
  isStrictSaddleExample (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Widths 3, 2, 1, 2, rank 0, and the last layer has a smaller rank. -/
def strictOutput : NetworkInstance where
  depth := 3
  widths := ![3, 2, 1, 2]
  samples := 3
  weights
    | 0 => (!![0, 0, 0; 1, 0, 0] : Matrix (Fin 2) (Fin 3) ℚ)
    | 1 => (!![0, 1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![1, 0, 0; 0, 1, 0; 0, 0, 1] : Matrix (Fin 3) (Fin 3) ℚ)
  Y := (!![0, 0, 0; 0, 3, 0] : Matrix (Fin 2) (Fin 3) ℚ)

/-- A direction of negative curvature. -/
def strictOutputDirection : Weights (fun k : Fin 4 => Fin (![3, 2, 1, 2] k)) ℚ
  | 0 => (!![0, 0, 0; 0, 1, 0] : Matrix (Fin 2) (Fin 3) ℚ)
  | 1 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![0; 3] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 3, 2, 1, 2, rank 0, and the last layer has a smaller rank. Critical, with a negative
second derivative, a strict saddle. -/
theorem isStrictSaddleExample_strictOutput :
    strictOutput.IsStrictSaddleExample strictOutputDirection (-9) :=
  isStrictSaddleExample (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2, rank 1, the bottleneck width. -/
def strictRotation : NetworkInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 2
  weights
    | 0 => (!![0, -1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![0; 2] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![4, -3; -2, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, -9; 4, 0] : Matrix (Fin 2) (Fin 2) ℚ)

/-- A direction of negative curvature. -/
def strictRotationDirection : Weights (fun k : Fin 3 => Fin (![2, 1, 2] k)) ℚ
  | 0 => (!![-2, -4] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![-27/2; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 2, 1, 2, rank 1, the bottleneck width. Critical, with a negative second derivative, a
strict saddle. -/
theorem isStrictSaddleExample_strictRotation :
    strictRotation.IsStrictSaddleExample strictRotationDirection (-585) :=
  isStrictSaddleExample (by decide +kernel) (by decide +kernel) (by decide +kernel)

end NetworkInstance

/-- Rational weights of a network with `n + 1` weight matrices, and data. -/
structure FlowInstance where
  /-- The number of weight matrices, less one. -/
  n : ℕ
  /-- The widths of the layers. -/
  widths : Fin (n + 2) → ℕ
  /-- The number of samples. -/
  samples : ℕ
  /-- The weights, the first layer first. -/
  weights : Weights (fun k => Fin (widths k)) ℚ
  /-- The inputs, a column for each sample. -/
  X : Matrix (Fin (widths 0)) (Fin samples) ℚ
  /-- The outputs that are wanted, a column for each sample. -/
  Y : Matrix (Fin (widths (Fin.last (n + 1)))) (Fin samples) ℚ

namespace FlowInstance

/-- A power of a square matrix, in a form that the kernel evaluates. -/
def power {m : ℕ} (A : Matrix (Fin m) (Fin m) ℚ) : ℕ → Matrix (Fin m) (Fin m) ℚ
  | 0 => 1
  | k + 1 => power A k * A

lemma power_eq {m : ℕ} (A : Matrix (Fin m) (Fin m) ℚ) (k : ℕ) : power A k = A ^ k := by
  induction k with
  | zero => rfl
  | succ k ih => rw [power, ih, pow_succ]

variable (e : FlowInstance)

/-- The velocity of the end-to-end matrix under the gradient flow of the dataset loss. -/
def velocity : Matrix (Fin (e.widths (Fin.last (e.n + 1)))) (Fin (e.widths 0)) ℚ :=
  Matrix.of fun i j => -∑ k : Fin (e.n + 1), (tail e.weights k.succ * (tail e.weights k.succ)ᵀ *
    ((endToEnd e.weights * e.X - e.Y) * e.Xᵀ) *
      ((head e.weights k.castSucc)ᵀ * head e.weights k.castSucc)) i j

/-- What the preconditioned equation gives. -/
def preconditioned : Matrix (Fin (e.widths (Fin.last (e.n + 1)))) (Fin (e.widths 0)) ℚ :=
  Matrix.of fun i j => -∑ k : Fin (e.n + 1),
    (power (lastGram e.weights) (e.n - (k : ℕ)) *
      ((endToEnd e.weights * e.X - e.Y) * e.Xᵀ) *
        power (firstGram e.weights) (k : ℕ)) i j

/-- Every gradient flow of the dataset loss that starts at the weights moves the end-to-end matrix
with the velocity, at the start. -/
def HasVelocity : Prop :=
  ∀ (T : ℝ) (W : ℝ → Weights (fun k => Fin (e.widths k)) ℝ), 0 < T →
    IsDatasetFlow W (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)) T →
    W 0 = NetworkInstance.toReal e.weights →
    ∀ i j, HasDerivWithinAt (fun t => endToEnd (W t) i j) (e.velocity i j : ℝ) (Set.Ico 0 T) 0

lemma hasVelocity : e.HasVelocity := by
  intro T W hT hW h0 i j
  refine (hasDerivWithinAt_endToEnd_apply hW ⟨le_rfl, hT⟩ i j).congr_deriv ?_
  have htail : ∀ k, tail (W 0) k = (tail e.weights k).map (Rat.castHom ℝ) := fun k => by
    rw [h0]
    exact tail_map (W := e.weights) (Rat.castHom ℝ) k
  have hhead : ∀ k, head (W 0) k = (head e.weights k).map (Rat.castHom ℝ) := fun k => by
    rw [h0]
    exact head_map (W := e.weights) (Rat.castHom ℝ) k
  have hend : endToEnd (W 0) = (endToEnd e.weights).map (Rat.castHom ℝ) := by
    rw [h0]
    exact endToEnd_map (W := e.weights) (Rat.castHom ℝ)
  have hterm : ∀ k : Fin (e.n + 1), tail (W 0) k.succ * (tail (W 0) k.succ)ᵀ *
      ((endToEnd (W 0) * e.X.map (Rat.castHom ℝ) - e.Y.map (Rat.castHom ℝ)) *
        (e.X.map (Rat.castHom ℝ))ᵀ) * ((head (W 0) k.castSucc)ᵀ * head (W 0) k.castSucc) =
      (tail e.weights k.succ * (tail e.weights k.succ)ᵀ *
        ((endToEnd e.weights * e.X - e.Y) * e.Xᵀ) *
          ((head e.weights k.castSucc)ᵀ * head e.weights k.castSucc)).map (Rat.castHom ℝ) := by
    intro k
    rw [htail, hhead, hend]
    simp only [Matrix.map_mul, Matrix.transpose_map, Matrix.map_sub _ (map_sub _)]
  rw [Finset.sum_congr rfl fun k _ => hterm k]
  simp only [velocity, Matrix.of_apply, Matrix.neg_apply, Matrix.sum_apply, Matrix.map_apply,
    Rat.coe_castHom]
  push_cast
  rfl

/-- The weights are balanced, every gradient flow that starts there has the velocity, and the
velocity is that of the preconditioned equation. -/
def IsBalancedExample : Prop :=
  IsBalanced e.weights ∧ e.HasVelocity ∧
    e.velocity = e.preconditioned

lemma isBalancedExample {e : FlowInstance}
    (h : ∀ k, imbalance e.weights k = 0) :
    e.IsBalancedExample := by
  refine ⟨h, e.hasVelocity, ?_⟩
  ext i j
  refine congrArg Neg.neg (Finset.sum_congr rfl fun k _ => congrFun (congrFun ?_ i) j)
  rw [power_eq, power_eq, tail_mul_transpose_tail h, head_transpose_mul_head h]
  simp only [Fin.val_succ, Fin.val_castSucc, Nat.add_sub_add_right]

/-- The weights are not balanced, and the velocity is not that of the preconditioned equation. -/
def IsUnbalancedControl : Prop :=
  ¬ IsBalanced e.weights ∧ e.HasVelocity ∧
    e.velocity ≠ e.preconditioned

lemma isUnbalancedControl {e : FlowInstance}
    (h : ¬ ∀ k, imbalance e.weights k = 0)
    (hne : e.velocity ≠ e.preconditioned) : e.IsUnbalancedControl :=
  ⟨h, e.hasVelocity, hne⟩

/-- Widths 2, 3, 1. -/
def balancedTwo : FlowInstance where
  n := 1
  widths := ![2, 3, 1]
  samples := 2
  weights
    | 0 => (!![6/5, 8/5; 3/5, 4/5; 6/5, 8/5] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![2, 1, 2] : Matrix (Fin 1) (Fin 3) ℚ)
  X := (!![-1, -1; 1, 2] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 2, 3, 1: balanced weights, at which the end-to-end matrix moves as the preconditioned
equation says. -/
theorem isBalancedExample_balancedTwo : balancedTwo.IsBalancedExample :=
  isBalancedExample (by decide +kernel)

/-- Widths 1, 2, 2, 1. -/
def balancedThree : FlowInstance where
  n := 2
  widths := ![1, 2, 2, 1]
  samples := 2
  weights
    | 0 => (!![-6/5; -8/5] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![24/25, 32/25; 18/25, 24/25] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![-8/5, -6/5] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![2, 2] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![-1, -1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 1, 2, 2, 1: balanced weights, at which the end-to-end matrix moves as the preconditioned
equation says. -/
theorem isBalancedExample_balancedThree : balancedThree.IsBalancedExample :=
  isBalancedExample (by decide +kernel)

/-- Widths 2, 2, 3. -/
def balancedWide : FlowInstance where
  n := 1
  widths := ![2, 2, 3]
  samples := 2
  weights
    | 0 => (!![3, 0; 0, 3] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 2; 2, 1; -2, 2] : Matrix (Fin 3) (Fin 2) ℚ)
  X := (!![2, 0; -1, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, 1; 2, -1; 1, 2] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Widths 2, 2, 3: balanced weights, at which the end-to-end matrix moves as the preconditioned
equation says. -/
theorem isBalancedExample_balancedWide : balancedWide.IsBalancedExample :=
  isBalancedExample (by decide +kernel)

/-- Widths 2, 2, 2, 1. -/
def unbalanced : FlowInstance where
  n := 2
  widths := ![2, 2, 2, 1]
  samples := 2
  weights
    | 0 => (!![1, 2; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 0; 1, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![1, 1] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, 1] : Matrix (Fin 1) (Fin 2) ℚ)

/-- Widths 2, 2, 2, 1: weights that are not balanced, and the preconditioned equation fails. -/
theorem isUnbalancedControl_unbalanced : unbalanced.IsUnbalancedControl :=
  isUnbalancedControl (by decide +kernel) (by decide +kernel)

end FlowInstance

end DeepLinear
