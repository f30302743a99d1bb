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
# Gradient flow: balancedness, the loss, the end-to-end matrix

Along every solution of the gradient flow `W_k' = - T_kᵀ G S_{k-1}ᵀ` the differences
`W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ` of neighbouring layers are constant, whatever `G` is. If `G` is the
gradient of the loss, then the loss decreases at the rate of the squared gradient. A solution is a
family of weights whose entries have these derivatives on `[0, T)`; no existence theory is needed.

The end-to-end matrix of a gradient flow has the derivative `- ∑ T_k T_kᵀ G S_{k-1}ᵀ S_{k-1}`. Where
the weights are balanced, `W_{k+1}ᵀ W_{k+1} = W_k W_kᵀ` for all `k`, the factors are powers of two
matrices: with `A = W_H W_Hᵀ` and `B = W_1ᵀ W_1` the derivative is `- ∑ A^{H-k} G B^{k-1}`, and
`A^H = R Rᵀ`, `B^H = Rᵀ R`. Depth acts as a preconditioner. No roots of matrices are needed.

## Main definitions

* `DeepLinear.IsGradientFlow G T W`: `W` solves the gradient flow with gradient `G` on `[0, T)`.
* `DeepLinear.IsDatasetFlow X Y T W`: the same with the gradient of the dataset loss.
* `DeepLinear.imbalance W k`: the difference of the layers `k` and `k + 1`.
* `DeepLinear.IsBalanced W`: neighbouring layers are balanced.
* `DeepLinear.firstGram W`, `DeepLinear.lastGram W`: the matrices `B = W_1ᵀ W_1` and `A = W_H W_Hᵀ`.

## Main statements

* `DeepLinear.imbalance_eq`: the differences are constant.
* `DeepLinear.hasDerivWithinAt_datasetLoss`: the loss decreases at the rate of the squared gradient.
* `DeepLinear.hasDerivWithinAt_endToEnd_apply`: the derivative of the end-to-end matrix.
* `DeepLinear.head_transpose_mul_head`, `DeepLinear.tail_mul_transpose_tail`: powers of `B` and `A`.
* `DeepLinear.hasDerivWithinAt_endToEnd_of_isBalanced`: the preconditioned equation.

## References

* S. Arora, N. Cohen, E. Hazan, *On the Optimization of Deep Networks*, arXiv:1802.06509, Theorem 1.
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

section Imbalance

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)]

/-- The difference `W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ` of neighbouring layers. -/
def imbalance {R : Type*} [CommRing R] (W : Weights ι R) (k : Fin n) :
    Matrix (ι k.succ.castSucc) (ι k.succ.castSucc) R :=
  (W k.succ)ᵀ * W k.succ - layerBelow W k * (layerBelow W k)ᵀ

variable [∀ k, DecidableEq (ι k)]

/-- The matrix that both derivatives are made of. -/
lemma transpose_mul_layerGradient_eq (W : Weights ι ℝ)
    (G : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) (k : Fin n) :
    (W k.succ)ᵀ * layerGradient W G k.succ =
      layerBelow (layerGradient W G) k * (layerBelow W k)ᵀ := by
  have h1 : (W k.succ)ᵀ * layerGradient W G k.succ =
      (tail W k.succ.castSucc)ᵀ * G * (head W k.succ.castSucc)ᵀ := by
    rw [layerGradient, tail_castSucc W k.succ, Matrix.transpose_mul]
    simp only [Matrix.mul_assoc]
  rw [h1, head_succ_castSucc, Matrix.transpose_mul, ← Matrix.mul_assoc]
  rfl

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
    let A := fun x => layerBelow (W x) k
    let D := layerBelow (layerGradient (W x) (G x)) k
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

end Imbalance

section Flow

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The derivative of the end-to-end matrix along a gradient flow. -/
theorem hasDerivWithinAt_endToEnd_apply {G : ℝ → Matrix (ι (Fin.last H)) (ι 0) ℝ} {T : ℝ}
    {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow G T W) {t : ℝ} (ht : t ∈ Set.Ico 0 T)
    (i : ι (Fin.last H)) (j : ι 0) :
    HasDerivWithinAt (fun t => endToEnd (W t) i j)
      ((-∑ k : Fin H, tail (W t) k.succ * (tail (W t) k.succ)ᵀ * G t *
        ((head (W t) k.castSucc)ᵀ * head (W t) k.castSucc)) i j) (Set.Ico 0 T) t := by
  have h := hasDerivWithinAt_head_apply (V := fun k => -layerGradient (W t) (G t) k)
    (fun k i j => hW t ht k i j) (Fin.last H) i j
  refine h.congr_deriv ?_
  rw [headDeriv_last, ← Finset.sum_neg_distrib]
  refine congrFun (congrFun (Finset.sum_congr rfl fun k _ => ?_) i) j
  rw [Matrix.mul_neg, Matrix.neg_mul, layerGradient]
  simp only [Matrix.mul_assoc]

end Flow

section Balanced

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] {R : Type*} [CommRing R]

/-- The weights are balanced: `W_{k+1}ᵀ W_{k+1} = W_k W_kᵀ` for all neighbouring layers. -/
def IsBalanced (W : Weights ι R) : Prop :=
  ∀ k, imbalance W k = 0

/-- The matrix `W_1ᵀ W_1`. -/
def firstGram (W : Weights ι R) : Matrix (ι 0) (ι 0) R :=
  (firstLayer W)ᵀ * firstLayer W

/-- The matrix `W_H W_Hᵀ`. -/
def lastGram (W : Weights ι R) : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R :=
  lastLayer W * (lastLayer W)ᵀ

variable [∀ k, DecidableEq (ι k)] {W : Weights ι R}

/-- Balanced weights are moved past a head. -/
lemma transpose_mul_mul_head (hW : IsBalanced W) (k : Fin (n + 1)) :
    (W k)ᵀ * W k * head W k.castSucc = head W k.castSucc * firstGram W := by
  induction k using Fin.induction with
  | zero =>
    exact (Matrix.mul_one (firstGram W)).trans (Matrix.one_mul (firstGram W)).symm
  | succ k ih =>
    have hbal := sub_eq_zero.1 (hW k)
    have ih' : (layerBelow W k)ᵀ * layerBelow W k * head W k.castSucc.castSucc =
        head W k.castSucc.castSucc * firstGram W := ih
    rw [hbal, head_succ_castSucc, Matrix.mul_assoc (layerBelow W k),
      ← Matrix.mul_assoc (layerBelow W k)ᵀ, ih', ← Matrix.mul_assoc]

/-- For balanced weights `S_kᵀ S_k` is a power of `W_1ᵀ W_1`. -/
theorem head_transpose_mul_head (hW : IsBalanced W) (k : Fin (n + 2)) :
    (head W k)ᵀ * head W k = firstGram W ^ (k : ℕ) := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    have h := transpose_mul_mul_head hW k
    rw [head_succ, Matrix.transpose_mul, Matrix.mul_assoc, ← Matrix.mul_assoc _ (W k), h,
      ← Matrix.mul_assoc, ih, Fin.val_succ, pow_succ, Fin.val_castSucc]

/-- Balanced weights are moved past a tail. -/
lemma tail_mul_mul_transpose (hW : IsBalanced W) (k : Fin (n + 1)) :
    tail W k.succ * (W k * (W k)ᵀ) = lastGram W * tail W k.succ := by
  induction k using Fin.reverseInduction with
  | last =>
    rw [tail_last_succ]
    exact (Matrix.one_mul (lastGram W)).trans (Matrix.mul_one _).symm
  | cast k ih =>
    have hbal := sub_eq_zero.1 (hW k)
    have htail : tail W k.succ.castSucc = tail W k.succ.succ * W k.succ := tail_castSucc W k.succ
    have key : tail W k.succ.castSucc * ((W k.succ)ᵀ * W k.succ) =
        lastGram W * tail W k.succ.castSucc := by
      rw [htail, ← Matrix.mul_assoc, ← Matrix.mul_assoc, Matrix.mul_assoc (tail W k.succ.succ), ih,
        Matrix.mul_assoc]
    rw [hbal] at key
    exact key

/-- For balanced weights `T_k T_kᵀ` is a power of `W_H W_Hᵀ`. -/
theorem tail_mul_transpose_tail (hW : IsBalanced W) (k : Fin (n + 2)) :
    tail W k * (tail W k)ᵀ = lastGram W ^ (n + 1 - (k : ℕ)) := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have h := tail_mul_mul_transpose hW k
    have hexp : n + 1 - (k.castSucc : ℕ) = n + 1 - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, Matrix.transpose_mul, Matrix.mul_assoc, ← Matrix.mul_assoc (W k),
      ← Matrix.mul_assoc, h, Matrix.mul_assoc, ih, hexp, pow_succ']

/-- For balanced weights `Rᵀ R` is the power `H` of `W_1ᵀ W_1`. -/
theorem endToEnd_transpose_mul_endToEnd (hW : IsBalanced W) :
    (endToEnd W)ᵀ * endToEnd W = firstGram W ^ (n + 1) := by
  simpa using head_transpose_mul_head hW (Fin.last (n + 1))

/-- For balanced weights `R Rᵀ` is the power `H` of `W_H W_Hᵀ`. -/
theorem endToEnd_mul_transpose_endToEnd (hW : IsBalanced W) :
    endToEnd W * (endToEnd W)ᵀ = lastGram W ^ (n + 1) := by
  simpa using tail_mul_transpose_tail hW 0

end Balanced

section Preconditioned

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A gradient flow that starts balanced stays balanced. -/
theorem isBalanced_of_isGradientFlow {G : ℝ → Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ} {T : ℝ}
    {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow G T W) (h0 : IsBalanced (W 0)) {t : ℝ}
    (ht : t ∈ Set.Ico 0 T) : IsBalanced (W t) :=
  fun k => (imbalance_eq hW ht k).trans (h0 k)

/-- **Arora, Cohen and Hazan, Theorem 1**: the end-to-end matrix of a balanced gradient flow has the
derivative `- ∑ A^{H-k} G B^{k-1}` with `A = W_H W_Hᵀ` and `B = W_1ᵀ W_1`, whose powers of order `H`
are `R Rᵀ` and `Rᵀ R`: depth acts as a preconditioner. -/
theorem hasDerivWithinAt_endToEnd_of_isBalanced {G : ℝ → Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ}
    {T : ℝ} {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow G T W) (h0 : IsBalanced (W 0)) {t : ℝ}
    (ht : t ∈ Set.Ico 0 T) (i : ι (Fin.last (n + 1))) (j : ι 0) :
    HasDerivWithinAt (fun t => endToEnd (W t) i j)
      ((-∑ k : Fin (n + 1), lastGram (W t) ^ (n - (k : ℕ)) * G t * firstGram (W t) ^ (k : ℕ)) i j)
      (Set.Ico 0 T) t := by
  have hbal := isBalanced_of_isGradientFlow hW h0 ht
  refine (hasDerivWithinAt_endToEnd_apply hW ht i j).congr_deriv ?_
  refine congrArg (fun M : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ => (-M) i j)
    (Finset.sum_congr rfl fun k _ => ?_)
  rw [tail_mul_transpose_tail hbal, head_transpose_mul_head hbal]
  simp only [Fin.val_succ, Fin.val_castSucc, Nat.add_sub_add_right]

end Preconditioned

end DeepLinear
