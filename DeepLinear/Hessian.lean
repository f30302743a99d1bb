/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Gradient

/-!
# Second derivatives

The first and second derivatives of the end-to-end matrix in directions that move all layers, by the
product rule, and with them the second derivative of the dataset loss in two directions. All are
defined over every commutative ring, so that they compute over the rationals.

## Main definitions

* `DeepLinear.headDeriv W V k`: the derivative of the head of layer `k` at `W` in the direction `V`.
* `DeepLinear.headDeriv₂ W U V k`: its second derivative in the directions `U` and `V`.
* `DeepLinear.datasetHessian X Y W U V`: the second derivative of the dataset loss.

## Main statements

* `DeepLinear.hasDerivAt_datasetLoss_add_smul`: the first derivative in a direction of all layers.
* `DeepLinear.hasDerivAt_deriv_datasetLoss`: the second derivative in two such directions.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

section Semiring

variable {R : Type*} [Semiring R] (W U V : Weights ι R)

/-- The derivative of the head in the direction `V`, by the product rule. -/
def headDeriv : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 0 fun k D => V k * head W k.castSucc + W k * D

/-- The second derivative of the head in the directions `U` and `V`, by the product rule. -/
def headDeriv₂ : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 0 fun k D =>
    V k * headDeriv W U k.castSucc + U k * headDeriv W V k.castSucc + W k * D

@[simp]
lemma headDeriv_zero : headDeriv W V 0 = 0 :=
  rfl

lemma headDeriv_succ (k : Fin H) :
    headDeriv W V k.succ = V k * head W k.castSucc + W k * headDeriv W V k.castSucc :=
  Fin.induction_succ _ _ _

lemma headDeriv₂_succ (k : Fin H) :
    headDeriv₂ W U V k.succ = V k * headDeriv W U k.castSucc + U k * headDeriv W V k.castSucc +
      W k * headDeriv₂ W U V k.castSucc :=
  Fin.induction_succ _ _ _

end Semiring

/-- The second derivative of the dataset loss at `W` in the directions `U` and `V`: the inner
product of the first derivatives of the prediction, plus that of the residual with the second
derivative. -/
def datasetHessian {R : Type*} [CommRing R] {s : Type*} [Fintype s] (X : Matrix (ι 0) s R)
    (Y : Matrix (ι (Fin.last H)) s R) (W U V : Weights ι R) : R :=
  ((headDeriv W U (Fin.last H) * X) * (headDeriv W V (Fin.last H) * X)ᵀ).trace +
    ((endToEnd W * X - Y) * (headDeriv₂ W U V (Fin.last H) * X)ᵀ).trace

section Sum

variable {R : Type*} [CommRing R] (W V : Weights ι R)

lemma headDeriv_eq_sum (k : Fin (H + 1)) :
    headDeriv W V k = ∑ j : Fin H, between W j.succ k * (V j * head W j.castSucc) :=
  eq_sum_between W rfl (fun k => headDeriv_succ W V k) k

lemma headDeriv₂_last : headDeriv₂ W V V (Fin.last H) = (2 : R) • ∑ k : Fin H, ∑ j : Fin H,
    tail W k.succ * V k * between W j.succ k.castSucc * (V j * head W j.castSucc) := by
  have h := eq_sum_between W (D := headDeriv₂ W V V)
    (A := fun k => (2 : R) • (V k * headDeriv W V k.castSucc)) rfl
    (fun k => by rw [headDeriv₂_succ, two_smul]) (Fin.last H)
  rw [h, Finset.smul_sum]
  refine Finset.sum_congr rfl fun k _ => ?_
  rw [between_last, Matrix.mul_smul, headDeriv_eq_sum, Matrix.mul_sum, Matrix.mul_sum]
  congr 1
  refine Finset.sum_congr rfl fun j _ => ?_
  simp only [Matrix.mul_assoc]

end Sum

section Map

variable {R S : Type*} [CommRing R] [CommRing S] (f : R →+* S) (W U V : Weights ι R)

lemma headDeriv_map (k : Fin (H + 1)) :
    headDeriv (fun j => (W j).map f) (fun j => (V j).map f) k = (headDeriv W V k).map f := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [headDeriv_succ, headDeriv_succ, ih, head_map, Matrix.map_add f (map_add f), Matrix.map_mul,
      Matrix.map_mul]

lemma headDeriv₂_map (k : Fin (H + 1)) :
    headDeriv₂ (fun j => (W j).map f) (fun j => (U j).map f) (fun j => (V j).map f) k =
      (headDeriv₂ W U V k).map f := by
  induction k using Fin.induction with
  | zero => exact (Matrix.map_zero f (map_zero f)).symm
  | succ k ih =>
    simp only [headDeriv₂_succ, ih, headDeriv_map, Matrix.map_add f (map_add f), Matrix.map_mul]

/-- The second derivative over another ring. -/
lemma datasetHessian_map {s : Type*} [Fintype s] (X : Matrix (ι 0) s R)
    (Y : Matrix (ι (Fin.last H)) s R) :
    datasetHessian (X.map f) (Y.map f) (fun j => (W j).map f) (fun j => (U j).map f)
      (fun j => (V j).map f) = f (datasetHessian X Y W U V) := by
  simp only [datasetHessian, headDeriv_map, headDeriv₂_map, endToEnd_map, ← Matrix.map_mul,
    ← Matrix.map_sub f (map_sub f), ← Matrix.transpose_map, map_add, Matrix.trace, map_sum,
    Matrix.diag_apply, Matrix.map_apply]

end Map

section Real

variable (W U V : Weights ι ℝ)

omit [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] in
lemma hasDerivAt_add_smul_apply (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt (fun t : ℝ => (W + t • V) k i j) (V k i j) 0 := by
  simpa using ((hasDerivAt_id' (0 : ℝ)).mul_const (V k i j)).const_add (W k i j)

lemma hasDerivAt_head_apply (k : Fin (H + 1)) (i : ι k) (j : ι 0) :
    HasDerivAt (fun t : ℝ => head (W + t • V) k i j) (headDeriv W V k i j) 0 := by
  induction k using Fin.induction with
  | zero => exact hasDerivAt_const _ _
  | succ k ih =>
    have hsum := HasDerivAt.fun_sum (u := Finset.univ) fun a _ =>
      (hasDerivAt_add_smul_apply W V k i a).fun_mul (ih a)
    simpa [head_succ, headDeriv_succ, Matrix.mul_apply, Finset.sum_add_distrib] using hsum

lemma hasDerivAt_headDeriv_apply (k : Fin (H + 1)) (i : ι k) (j : ι 0) :
    HasDerivAt (fun t : ℝ => headDeriv (W + t • U) V k i j) (headDeriv₂ W U V k i j) 0 := by
  induction k using Fin.induction with
  | zero => exact hasDerivAt_const _ _
  | succ k ih =>
    have h1 := HasDerivAt.fun_sum (u := Finset.univ) fun a _ =>
      (hasDerivAt_head_apply W U k.castSucc a j).const_mul (V k i a)
    have h2 := HasDerivAt.fun_sum (u := Finset.univ) fun a _ =>
      (hasDerivAt_add_smul_apply W U k i a).fun_mul (ih a)
    simpa [headDeriv_succ, headDeriv₂_succ, Matrix.mul_apply, Finset.sum_add_distrib, add_assoc]
      using h1.fun_add h2

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- The first derivative of the dataset loss in a direction that moves all layers. -/
theorem hasDerivAt_datasetLoss_add_smul :
    HasDerivAt (fun t : ℝ => datasetLoss X Y (endToEnd (W + t • V)))
      ((endToEnd W * X - Y) * (headDeriv W V (Fin.last H) * X)ᵀ).trace 0 := by
  have hR : ∀ i j, HasDerivAt (fun t : ℝ => (endToEnd (W + t • V) * X) i j)
      ((headDeriv W V (Fin.last H) * X) i j) 0 := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivAt.fun_sum fun a _ => (hasDerivAt_head_apply W V (Fin.last H) i a).mul_const _
  have hsum := (HasDerivAt.fun_sum (u := Finset.univ) fun i _ =>
    HasDerivAt.fun_sum (u := Finset.univ) fun j _ =>
      ((hR i j).const_sub (Y i j)).fun_mul ((hR i j).const_sub (Y i j))).div_const 2
  simp only [datasetLoss_eq_sum_sq, sq]
  refine hsum.congr_deriv (Eq.symm ?_)
  rw [trace_mul_transpose, eq_div_iff two_ne_zero, Finset.sum_mul]
  refine Finset.sum_congr rfl fun i _ => ?_
  rw [Finset.sum_mul]
  refine Finset.sum_congr rfl fun j _ => ?_
  simp only [zero_smul, add_zero, Matrix.sub_apply]
  ring

/-- The second derivative of the dataset loss in two directions, each of which may move all layers.
-/
theorem hasDerivAt_deriv_datasetLoss :
    HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • U + b • V))) 0)
      (datasetHessian X Y W U V) 0 := by
  have hfirst :
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • U + b • V))) 0) =
      fun a : ℝ => ∑ i, ∑ j, ((endToEnd (W + a • U) * X) i j - Y i j) *
        (headDeriv (W + a • U) V (Fin.last H) * X) i j := by
    funext a
    rw [(hasDerivAt_datasetLoss_add_smul (W + a • U) V X Y).deriv, trace_mul_transpose]
    rfl
  rw [hfirst]
  have hR : ∀ i j, HasDerivAt (fun t : ℝ => (endToEnd (W + t • U) * X) i j)
      ((headDeriv W U (Fin.last H) * X) i j) 0 := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivAt.fun_sum fun a _ => (hasDerivAt_head_apply W U (Fin.last H) i a).mul_const _
  have hD : ∀ i j, HasDerivAt (fun t : ℝ => (headDeriv (W + t • U) V (Fin.last H) * X) i j)
      ((headDeriv₂ W U V (Fin.last H) * X) i j) 0 := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivAt.fun_sum fun a _ =>
      (hasDerivAt_headDeriv_apply W U V (Fin.last H) i a).mul_const _
  have hsum := HasDerivAt.fun_sum (u := Finset.univ) fun i _ =>
    HasDerivAt.fun_sum (u := Finset.univ) fun j _ => ((hR i j).sub_const (Y i j)).fun_mul (hD i j)
  refine hsum.congr_deriv ?_
  simp only [datasetHessian, trace_mul_transpose, ← Finset.sum_add_distrib, zero_smul, add_zero,
    Matrix.sub_apply]

end Real

end DeepLinear
