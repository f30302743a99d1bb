/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.ODE.Descent
public import DeepLinear.Hessian
public import DeepLinear.InMathlib
public import DeepLinear.Landscape.Main
public import DeepLinear.Population
public import Mathlib.Analysis.Calculus.MeanValue

/-!
# Gradient flow: balancedness, the loss, the end-to-end matrix, existence

Along every solution of the gradient flow `W_k' = - T_kᵀ G S_{k-1}ᵀ` the differences
`W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ` of neighbouring layers are constant, whatever `G` is. If `G` is the
gradient of the loss, then the loss decreases at the rate of the squared gradient. A solution is a
family of weights whose entries have these derivatives on `[0, T)`. There is one for all times, and
only one.

The end-to-end matrix of a gradient flow has the derivative `- ∑ T_k T_kᵀ G S_{k-1}ᵀ S_{k-1}`. Where
the weights are balanced, `W_{k+1}ᵀ W_{k+1} = W_k W_kᵀ` for all `k`, the factors are powers of two
matrices: with `A = W_H W_Hᵀ` and `B = W_1ᵀ W_1` the derivative is `- ∑ A^{H-k} G B^{k-1}`, and
`A^H = R Rᵀ`, `B^H = Rᵀ R`. Depth acts as a preconditioner. No roots of matrices are needed.

## Main definitions

* `DeepLinear.IsGradientFlow W G T`: `W` solves the gradient flow with gradient `G` on `[0, T)`.
* `DeepLinear.IsDatasetFlow W X Y T`: the same with the gradient of the dataset loss.
* `DeepLinear.imbalance W k`: the difference of the layers `k` and `k + 1`.
* `DeepLinear.IsBalanced W`: neighbouring layers are balanced.
* `DeepLinear.firstGram W`, `DeepLinear.lastGram W`: the matrices `B = W_1ᵀ W_1` and `A = W_H W_Hᵀ`.

## Main statements

* `DeepLinear.imbalance_eq`: the differences are constant.
* `DeepLinear.hasDerivWithinAt_datasetLoss`: the loss decreases at the rate of the squared gradient.
* `DeepLinear.hasDerivWithinAt_endToEnd_apply`: the derivative of the end-to-end matrix.
* `DeepLinear.head_transpose_mul_head`, `DeepLinear.tail_mul_transpose_tail`: powers of `B` and `A`.
* `DeepLinear.hasDerivWithinAt_endToEnd_of_isBalanced`: the preconditioned equation.
* `DeepLinear.exists_isDatasetFlow`: there is a gradient flow for all times.
* `DeepLinear.eqOn_of_isDatasetFlow`: there is only one.
* `DeepLinear.norm_sub_le_of_isDatasetFlow`: how far it moves.
* `DeepLinear.exists_populationFlow`: the same for a population loss.

## References

* S. Arora, N. Cohen, E. Hazan, *On the Optimization of Deep Networks*, arXiv:1802.06509, Theorem 1.
-/

@[expose] public section

open Matrix MeasureTheory Set

namespace DeepLinear

section Curves

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- `W` solves the gradient flow with the gradient `G` of the loss of the end-to-end matrix, on
`[0, T)`: every entry has the derivative that the flow asks for, at `0` from the right. -/
def IsGradientFlow (W : ℝ → Weights ι ℝ) (G : ℝ → Matrix (ι (Fin.last H)) (ι 0) ℝ) (T : ℝ) : Prop :=
  ∀ t ∈ Set.Ico 0 T, ∀ k i j,
    HasDerivWithinAt (fun t => W t k i j) (-layerGradient (W t) (G t) k i j) (Set.Ico 0 T) t

/-- `W` solves the gradient flow of the dataset loss on `[0, T)`. -/
def IsDatasetFlow {s : Type*} [Fintype s] (W : ℝ → Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (T : ℝ) : Prop :=
  IsGradientFlow W (fun t => (endToEnd (W t) * X - Y) * Xᵀ) T

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
theorem hasDerivWithinAt_datasetLoss (hW : IsDatasetFlow W X Y T) {t : ℝ} (ht : t ∈ Set.Ico 0 T) :
    HasDerivWithinAt (fun t => datasetLoss X Y (endToEnd (W t)))
      (-∑ k, sqNorm (datasetGradient (W t) X Y k)) (Set.Ico 0 T) t := by
  set V : Weights ι ℝ := fun k => -datasetGradient (W t) X Y k with hV
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
      -∑ k, sqNorm (datasetGradient (W t) X Y k) := by
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
    (hW : IsGradientFlow W G T) {t : ℝ} (ht : t ∈ Set.Ico 0 T) (k : Fin n) :
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
    {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow W G T) {t : ℝ} (ht : t ∈ Set.Ico 0 T)
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
    {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow W G T) (h0 : IsBalanced (W 0)) {t : ℝ}
    (ht : t ∈ Set.Ico 0 T) : IsBalanced (W t) :=
  fun k => (imbalance_eq hW ht k).trans (h0 k)

/-- **Arora, Cohen and Hazan, Theorem 1**: the end-to-end matrix of a balanced gradient flow has the
derivative `- ∑ A^{H-k} G B^{k-1}` with `A = W_H W_Hᵀ` and `B = W_1ᵀ W_1`, whose powers of order `H`
are `R Rᵀ` and `Rᵀ R`: depth acts as a preconditioner. -/
theorem hasDerivWithinAt_endToEnd_of_isBalanced {G : ℝ → Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ}
    {T : ℝ} {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow W G T) (h0 : IsBalanced (W 0)) {t : ℝ}
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

/-! ### The gradient flow exists, and there is only one

From all weights, for any data, there is exactly one gradient flow of the dataset loss for all
times: along it the loss falls at the rate of the squared gradient, so that by the time `t` the
weights have moved by at most `t / 2` and half of the first loss.

A distribution with finite second moments has the gradient of a dataset, by the bridge of Problem 5,
so that the same holds of the population loss.

Weights carry the greatest absolute value of an entry as a norm here. -/

open scoped Matrix.Norms.Elementwise

section Dataset

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

lemma continuous_datasetLoss_endToEnd :
    Continuous fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W) := by
  rw [datasetLoss_eq_quadraticLoss]
  exact (contDiff_quadraticLoss_endToEnd 1 _ _ _).continuous

/-- The direction of steepest descent of the dataset loss. -/
def descentField (W : Weights ι ℝ) : Weights ι ℝ :=
  fun k => -datasetGradient W X Y k

/-- The derivative of the dataset loss in the weights. -/
noncomputable def datasetFDeriv (W : Weights ι ℝ) : Weights ι ℝ →L[ℝ] ℝ :=
  LinearMap.toContinuousLinearMap
    (∑ k, innerProduct (datasetGradient W X Y k) ∘ₗ LinearMap.proj k)

lemma datasetFDeriv_apply (W V : Weights ι ℝ) :
    datasetFDeriv X Y W V = ∑ k, innerProduct (datasetGradient W X Y k) (V k) :=
  toContinuousLinearMap_sum_innerProduct_apply _ V

/-- The direction of steepest descent depends smoothly on the weights. -/
lemma contDiff_descentField : ContDiff ℝ 1 (descentField X Y : Weights ι ℝ → Weights ι ℝ) := by
  have hL : ContDiff ℝ 2 fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W) := by
    rw [datasetLoss_eq_quadraticLoss]
    exact contDiff_quadraticLoss_endToEnd 2 _ _ _
  have hL' := hL.fderiv_right (m := 1) (by norm_num)
  refine contDiff_pi.2 fun k => contDiff_pi.2 fun i => contDiff_pi.2 fun j => ?_
  have hentry : (fun W : Weights ι ℝ => descentField X Y W k i j) = fun W : Weights ι ℝ =>
      -fderiv ℝ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W
        (Pi.single k (Matrix.single i j (1 : ℝ))) := by
    funext W
    rw [(hasFDerivAt_datasetLoss_endToEnd W X Y).fderiv]
    change _ = -datasetFDeriv X Y W _
    rw [datasetFDeriv_apply, Fintype.sum_eq_single k fun l hl => by
      rw [Pi.single_eq_of_ne hl, map_zero], Pi.single_eq_same, innerProduct_apply,
      trace_mul_transpose_single]
    rfl
  rw [hentry]
  exact (hL'.clm_apply contDiff_const).neg

/-- Along the direction of steepest descent the loss falls at the rate of the squared gradient. -/
lemma datasetFDeriv_descentField (W : Weights ι ℝ) :
    -datasetFDeriv X Y W (descentField X Y W) = ∑ k, sqNorm (datasetGradient W X Y k) := by
  rw [datasetFDeriv_apply, ← Finset.sum_neg_distrib]
  refine Finset.sum_congr rfl fun k _ => ?_
  rw [descentField, map_neg, neg_neg, innerProduct_apply, sqNorm]

lemma norm_descentField_sq_le (W : Weights ι ℝ) :
    ‖descentField X Y W‖ ^ 2 ≤ -datasetFDeriv X Y W (descentField X Y W) := by
  rw [datasetFDeriv_descentField]
  have hnonneg : 0 ≤ ∑ k, sqNorm (datasetGradient W X Y k) :=
    Finset.sum_nonneg fun k _ => sqNorm_nonneg _
  rw [← Real.le_sqrt (norm_nonneg _) hnonneg]
  refine (pi_norm_le_iff_of_nonneg (Real.sqrt_nonneg _)).2 fun k => ?_
  refine (Matrix.norm_le_iff (Real.sqrt_nonneg _)).2 fun i j => ?_
  refine Real.le_sqrt_of_sq_le ?_
  rw [Real.norm_eq_abs, sq_abs, descentField, Matrix.neg_apply, neg_sq]
  calc datasetGradient W X Y k i j ^ 2 ≤ ∑ j, datasetGradient W X Y k i j ^ 2 :=
        Finset.single_le_sum (f := fun j => datasetGradient W X Y k i j ^ 2)
          (fun j _ => sq_nonneg _) (Finset.mem_univ j)
    _ ≤ ∑ i, ∑ j, datasetGradient W X Y k i j ^ 2 :=
        Finset.single_le_sum (f := fun i => ∑ j, datasetGradient W X Y k i j ^ 2)
          (fun i _ => Finset.sum_nonneg fun j _ => sq_nonneg _) (Finset.mem_univ i)
    _ = sqNorm (datasetGradient W X Y k) := by rw [sqNorm, trace_mul_transpose_self]
    _ ≤ ∑ k, sqNorm (datasetGradient W X Y k) :=
        Finset.single_le_sum (f := fun k => sqNorm (datasetGradient W X Y k))
          (fun k _ => sqNorm_nonneg _) (Finset.mem_univ k)

lemma datasetLoss_nonneg {m n : Type*} [Fintype m] [Fintype n] (X : Matrix n s ℝ)
    (Y : Matrix m s ℝ) (A : Matrix m n ℝ) : 0 ≤ datasetLoss X Y A :=
  div_nonneg (trace_mul_transpose_self_nonneg _) zero_le_two

/-- A gradient flow, entry by entry, is a solution of the differential equation for weights. -/
lemma hasDerivWithinAt_weights_iff {W : ℝ → Weights ι ℝ} {S : Set ℝ} {t : ℝ} :
    HasDerivWithinAt W (descentField X Y (W t)) S t ↔ ∀ k i j,
      HasDerivWithinAt (fun t => W t k i j) (-datasetGradient (W t) X Y k i j) S t := by
  refine hasDerivWithinAt_pi.trans (forall_congr' fun k => ?_)
  refine hasDerivWithinAt_pi.trans (forall_congr' fun i => ?_)
  exact hasDerivWithinAt_pi

variable {X Y}

lemma isDatasetFlow_iff {W : ℝ → Weights ι ℝ} {T : ℝ} : IsDatasetFlow W X Y T ↔
    ∀ t ∈ Ico 0 T, HasDerivWithinAt W (descentField X Y (W t)) (Ico 0 T) t :=
  forall₂_congr fun _ _ => (hasDerivWithinAt_weights_iff X Y).symm

variable (X Y)

/-- **The gradient flow exists**: from all weights, for any data, there is a gradient flow of the
dataset loss for all times. -/
theorem exists_isDatasetFlow (W₀ : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    ∃ W : ℝ → Weights ι ℝ, W 0 = W₀ ∧ ∀ T, IsDatasetFlow W X Y T := by
  obtain ⟨W, h0, hW⟩ := exists_flow_of_descent (contDiff_descentField X Y)
    (fun W => hasFDerivAt_datasetLoss_endToEnd W X Y) (norm_descentField_sq_le X Y)
    (fun W => datasetLoss_nonneg X Y (endToEnd W)) W₀
  exact ⟨W, h0, fun T => isDatasetFlow_iff.2 fun t ht => (hW t ht.1).mono fun u hu => hu.1⟩

variable {X Y}

lemma hasDerivWithinAt_Icc {W : ℝ → Weights ι ℝ} {T t : ℝ} (hW : IsDatasetFlow W X Y T)
    (ht : t < T) : ∀ u ∈ Icc 0 t, HasDerivWithinAt W (descentField X Y (W u)) (Icc 0 t) u :=
  fun u hu => (isDatasetFlow_iff.1 hW u ⟨hu.1, hu.2.trans_lt ht⟩).mono
    fun _ hy => ⟨hy.1, hy.2.trans_lt ht⟩

/-- **There is only one gradient flow** from given weights. -/
theorem eqOn_of_isDatasetFlow {T : ℝ} {W W' : ℝ → Weights ι ℝ} (hW : IsDatasetFlow W X Y T)
    (hW' : IsDatasetFlow W' X Y T) (h0 : W 0 = W' 0) : EqOn W W' (Ico 0 T) := fun _ ht =>
  eqOn_of_hasDerivWithinAt (contDiff_descentField X Y) (hasDerivWithinAt_Icc hW ht.2)
    (hasDerivWithinAt_Icc hW' ht.2) h0 (right_mem_Icc.2 ht.1)

/-- Between the times `a` and `b` no entry of the weights moves by more than
`δ (b - a) / 2 + (L(a) - L(b)) / (2 δ)`, for every `δ > 0`. -/
theorem norm_sub_le_of_isDatasetFlow {T : ℝ} {W : ℝ → Weights ι ℝ} (hW : IsDatasetFlow W X Y T)
    {a b : ℝ} (ha : 0 ≤ a) (hab : a ≤ b) (hb : b < T) {δ : ℝ} (hδ : 0 < δ) :
    ‖W b - W a‖ ≤ δ * (b - a) / 2 +
      (datasetLoss X Y (endToEnd (W a)) - datasetLoss X Y (endToEnd (W b))) / (2 * δ) :=
  norm_sub_le_of_descent (fun W => hasFDerivAt_datasetLoss_endToEnd W X Y)
    (norm_descentField_sq_le X Y)
    (fun u hu => (hasDerivWithinAt_Icc hW hb u ⟨ha.trans hu.1, hu.2⟩).mono
      (Icc_subset_Icc_left ha)) hab hδ

end Dataset

section Population

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- **The gradient flow of a population loss exists**, and there is only one: from all weights, for
a distribution with finite second moments. -/
theorem exists_populationFlow {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))}
    (hμ : HasFiniteSecondMoments μ) (W₀ : Weights ι ℝ) :
    ∃ W : ℝ → Weights ι ℝ, (W 0 = W₀ ∧ ∀ T, IsGradientFlow
      W (fun t => endToEnd (W t) * inputMoment μ - crossMoment μ) T) ∧
      ∀ (T : ℝ) (W' : ℝ → Weights ι ℝ), W' 0 = W₀ → IsGradientFlow
        W' (fun t => endToEnd (W' t) * inputMoment μ - crossMoment μ) T →
          Set.EqOn W W' (Set.Ico 0 T) := by
  obtain ⟨X, Y, -, hX, hY, -⟩ := exists_datasetLoss_eq_populationLoss hμ
  have hfield : ∀ (W : ℝ → Weights ι ℝ) (T : ℝ), IsDatasetFlow W X Y T ↔ IsGradientFlow
      W (fun t => endToEnd (W t) * inputMoment μ - crossMoment μ) T := fun W T => by
    have h : (fun t => (endToEnd (W t) * X - Y) * Xᵀ) =
        fun t => endToEnd (W t) * inputMoment μ - crossMoment μ := by
      funext t
      rw [Matrix.sub_mul, Matrix.mul_assoc, hX, hY]
    rw [IsDatasetFlow, h]
  obtain ⟨W, h0, hW⟩ := exists_isDatasetFlow W₀ X Y
  exact ⟨W, ⟨h0, fun T => (hfield W T).1 (hW T)⟩, fun T W' h0' hW' =>
    eqOn_of_isDatasetFlow (hW T) ((hfield W' T).2 hW') (h0.trans h0'.symm)⟩

end Population

end DeepLinear
