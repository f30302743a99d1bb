/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Hessian
public import DeepLinear.Landscape.Shallow
public import Mathlib.Analysis.Calculus.MeanValue

/-!
# Gradient flow: balancedness is conserved, the loss decreases

Along every solution of the gradient flow `W_k' = - T_kᵀ G S_{k-1}ᵀ` the differences
`W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ` of neighbouring layers are constant, whatever `G` is. If `G` is the
gradient of the loss, then the loss decreases at the rate of the squared gradient. A solution is a
family of weights whose entries have these derivatives on `[0, T)`; no existence theory is needed.

## Main definitions

* `DeepLinear.IsGradientFlow G T W`: `W` solves the gradient flow with gradient `G` on `[0, T)`.
* `DeepLinear.IsDatasetFlow X Y T W`: the same with the gradient of the dataset loss.
* `DeepLinear.imbalance W k`: the difference of the layers `k` and `k + 1`.

## Main statements

* `DeepLinear.imbalance_eq`: the differences are constant.
* `DeepLinear.hasDerivWithinAt_datasetLoss`: the loss decreases at the rate of the squared gradient.

## References

* S. Arora, N. Cohen, E. Hazan, *On the Optimization of Deep Networks*, arXiv:1802.06509.
-/

@[expose] public section

open Matrix

namespace DeepLinear

section Curves

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- `W` solves the gradient flow with the gradient `G` of the loss of the end-to-end matrix, on
`[0, T)`: every entry has the derivative that the flow asks for, at `0` from the right. -/
def IsGradientFlow (G : ℝ → Matrix (ι (Fin.last H)) (ι 0) ℝ) (T : ℝ) (W : ℝ → Weights ι ℝ) : Prop :=
  ∀ t ∈ Set.Ico 0 T, ∀ k i j,
    HasDerivWithinAt (fun t => W t k i j) (-layerGradient (W t) (G t) k i j) (Set.Ico 0 T) t

/-- `W` solves the gradient flow of the dataset loss on `[0, T)`. -/
def IsDatasetFlow {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)
    (T : ℝ) (W : ℝ → Weights ι ℝ) : Prop :=
  IsGradientFlow (fun t => (endToEnd (W t) * X - Y) * Xᵀ) T W

/-- The derivative of the end-to-end matrix, layer by layer. -/
lemma tail_mul_headDeriv {R : Type*} [Semiring R] (W V : Weights ι R) (k : Fin (H + 1)) :
    tail W k * headDeriv W V k = ∑ j with Fin.castSucc j < k,
      tail W j.succ * V j * head W j.castSucc := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    have hfilter : Finset.univ.filter (fun j : Fin H => j.castSucc < k.succ) =
        insert k (Finset.univ.filter fun j : Fin H => j.castSucc < k.castSucc) := by
      ext j
      simp only [Finset.mem_filter, Finset.mem_univ, true_and, Finset.mem_insert,
        Fin.castSucc_lt_castSucc_iff, Fin.castSucc_lt_succ_iff, le_iff_eq_or_lt]
    rw [hfilter, Finset.sum_insert (by simp), ← ih, headDeriv_succ, Matrix.mul_add,
      ← Matrix.mul_assoc, ← Matrix.mul_assoc, tail_castSucc]

/-- The derivative of the end-to-end matrix in the direction `V` is the sum over the layers of
`tail * V k * head`. -/
lemma headDeriv_last {R : Type*} [Semiring R] (W V : Weights ι R) :
    headDeriv W V (Fin.last H) = ∑ k, tail W k.succ * V k * head W k.castSucc := by
  have h := tail_mul_headDeriv W V (Fin.last H)
  rw [tail_last, Matrix.one_mul] at h
  simpa [Fin.castSucc_lt_last] using h

/-- The head along a curve of weights. -/
lemma hasDerivWithinAt_head_apply {W : ℝ → Weights ι ℝ} {V : Weights ι ℝ} {S : Set ℝ} {t : ℝ}
    (hW : ∀ k i j, HasDerivWithinAt (fun t => W t k i j) (V k i j) S t) (k : Fin (H + 1)) (i : ι k)
    (j : ι 0) : HasDerivWithinAt (fun t => head (W t) k i j) (headDeriv (W t) V k i j) S t := by
  induction k using Fin.induction with
  | zero => exact hasDerivWithinAt_const _ _ _
  | succ k ih =>
    have hsum := HasDerivWithinAt.fun_sum (u := Finset.univ) fun a _ => (hW k i a).fun_mul (ih a)
    simpa [head_succ, headDeriv_succ, Matrix.mul_apply, Finset.sum_add_distrib] using hsum

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ} {T : ℝ}
  {W : ℝ → Weights ι ℝ}

/-- **Dissipation**: along the gradient flow of the dataset loss the loss decreases at the rate of
the squared gradient. -/
theorem hasDerivWithinAt_datasetLoss (hW : IsDatasetFlow X Y T W) {t : ℝ} (ht : t ∈ Set.Ico 0 T) :
    HasDerivWithinAt (fun t => datasetLoss X Y (endToEnd (W t)))
      (-∑ k, sqNorm (datasetGradient X Y (W t) k)) (Set.Ico 0 T) t := by
  set V : Weights ι ℝ := fun k => -datasetGradient X Y (W t) k with hV
  have hcurve : ∀ k i j, HasDerivWithinAt (fun t => W t k i j) (V k i j) (Set.Ico 0 T) t :=
    hW t ht
  have hR : ∀ i j, HasDerivWithinAt (fun t => (endToEnd (W t) * X) i j)
      ((headDeriv (W t) V (Fin.last H) * X) i j) (Set.Ico 0 T) t := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivWithinAt.fun_sum fun a _ =>
      (hasDerivWithinAt_head_apply hcurve (Fin.last H) i a).mul_const _
  have hsum := (HasDerivWithinAt.fun_sum (u := Finset.univ) fun i _ =>
    HasDerivWithinAt.fun_sum (u := Finset.univ) fun j _ =>
      ((hR i j).const_sub (Y i j)).fun_mul ((hR i j).const_sub (Y i j))).div_const 2
  simp only [datasetLoss_eq_sum_sq, sq]
  refine hsum.congr_deriv ?_
  -- the inner product of the gradient with the derivative of the end-to-end matrix
  have hinner : innerProduct ((endToEnd (W t) * X - Y) * Xᵀ) (headDeriv (W t) V (Fin.last H)) =
      -∑ k, sqNorm (datasetGradient X Y (W t) k) := by
    rw [headDeriv_last, map_sum, ← Finset.sum_neg_distrib]
    refine Finset.sum_congr rfl fun k _ => ?_
    rw [innerProduct_tail_mul_mul_head, innerProduct_apply, hV]
    simp only [Matrix.transpose_neg, Matrix.mul_neg, Matrix.trace_neg]
    rfl
  rw [← hinner, innerProduct_apply, Matrix.mul_assoc, ← Matrix.transpose_mul, trace_mul_transpose,
    div_eq_iff two_ne_zero, Finset.sum_mul]
  refine Finset.sum_congr rfl fun i _ => ?_
  rw [Finset.sum_mul]
  refine Finset.sum_congr rfl fun j _ => ?_
  rw [Matrix.sub_apply]
  ring

end Curves

section Balanced

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)]

/-- The difference `W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ` of neighbouring layers. -/
def imbalance {R : Type*} [CommRing R] (W : Weights ι R) (k : Fin n) :
    Matrix (ι k.succ.castSucc) (ι k.succ.castSucc) R :=
  (W k.succ)ᵀ * W k.succ - (fun A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R => A * Aᵀ)
    (W k.castSucc)

variable [∀ k, DecidableEq (ι k)]

/-- The matrix that both derivatives are made of. -/
lemma transpose_mul_layerGradient_eq (W : Weights ι ℝ)
    (G : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) (k : Fin n) :
    (W k.succ)ᵀ * layerGradient W G k.succ =
      (fun (D A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) ℝ) => D * Aᵀ)
        (layerGradient W G k.castSucc) (W k.castSucc) := by
  have h1 : (W k.succ)ᵀ * layerGradient W G k.succ =
      (tail W k.succ.castSucc)ᵀ * G * (head W k.succ.castSucc)ᵀ := by
    rw [layerGradient, tail_castSucc W k.succ, Matrix.transpose_mul]
    simp only [Matrix.mul_assoc]
  have h2 : head W k.succ.castSucc =
      (fun A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) ℝ =>
        A * head W k.castSucc.castSucc) (W k.castSucc) :=
    head_succ W k.castSucc
  have h3 : ∀ A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) ℝ,
      (tail W k.succ.castSucc)ᵀ * G * (A * head W k.castSucc.castSucc)ᵀ =
        (tail W k.succ.castSucc)ᵀ * G * (head W k.castSucc.castSucc)ᵀ * Aᵀ := by
    intro A
    rw [Matrix.transpose_mul, ← Matrix.mul_assoc]
  rw [h1, h2]
  exact h3 (W k.castSucc)

/-- **Balancedness**: along a gradient flow the differences of neighbouring layers are constant. -/
theorem imbalance_eq {G : ℝ → Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ} {T : ℝ} {W : ℝ → Weights ι ℝ}
    (hW : IsGradientFlow G T W) {t : ℝ} (ht : t ∈ Set.Ico 0 T) (k : Fin n) :
    imbalance (W t) k = imbalance (W 0) k := by
  ext i j
  -- the derivative of an entry is zero
  have hderiv : ∀ x ∈ Set.Ico 0 T,
      HasDerivWithinAt (fun x => imbalance (W x) k i j) 0 (Set.Ico 0 T) x := by
    intro x hx
    have hup : HasDerivWithinAt (fun x => ((W x k.succ)ᵀ * W x k.succ) i j)
        (-(((W x k.succ)ᵀ * layerGradient (W x) (G x) k.succ) j i) -
          ((W x k.succ)ᵀ * layerGradient (W x) (G x) k.succ) i j) (Set.Ico 0 T) x := by
      simp only [Matrix.mul_apply, Matrix.transpose_apply]
      refine (HasDerivWithinAt.fun_sum (u := Finset.univ) fun a _ =>
        (hW x hx k.succ a i).fun_mul (hW x hx k.succ a j)).congr_deriv ?_
      rw [← Finset.sum_neg_distrib, ← Finset.sum_sub_distrib]
      exact Finset.sum_congr rfl fun a _ => by ring
    let A : ℝ → Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) ℝ := fun x => W x k.castSucc
    let D : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) ℝ :=
      layerGradient (W x) (G x) k.castSucc
    have hA : ∀ a b, HasDerivWithinAt (fun x => A x a b) (-D a b) (Set.Ico 0 T) x := fun a b =>
      hW x hx k.castSucc a b
    have hdown : HasDerivWithinAt (fun x => (A x * (A x)ᵀ) i j)
        (-((D * (A x)ᵀ) j i) - (D * (A x)ᵀ) i j) (Set.Ico 0 T) x := by
      simp only [Matrix.mul_apply, Matrix.transpose_apply]
      refine (HasDerivWithinAt.fun_sum (u := Finset.univ) fun a _ =>
        (hA i a).fun_mul (hA j a)).congr_deriv ?_
      rw [← Finset.sum_neg_distrib, ← Finset.sum_sub_distrib]
      exact Finset.sum_congr rfl fun a _ => by ring
    have hZ : (W x k.succ)ᵀ * layerGradient (W x) (G x) k.succ = D * (A x)ᵀ :=
      transpose_mul_layerGradient_eq (W x) (G x) k
    rw [hZ] at hup
    have h := hup.fun_sub hdown
    rw [sub_self] at h
    exact h
  have hconst := constant_of_has_deriv_right_zero (a := 0) (b := t)
    (f := fun x => imbalance (W x) k i j)
    (fun x hx => ((hderiv x ⟨hx.1, hx.2.trans_lt ht.2⟩).continuousWithinAt).mono
      fun y hy => ⟨hy.1, hy.2.trans_lt ht.2⟩)
    (fun x hx => (hderiv x ⟨hx.1, hx.2.trans ht.2⟩).mono_of_mem_nhdsWithin
      (Filter.mem_of_superset (Ico_mem_nhdsGE (hx.2.trans ht.2)) fun y hy =>
        ⟨hx.1.trans hy.1, hy.2⟩))
  exact hconst t ⟨ht.1, le_rfl⟩

end Balanced

end DeepLinear
