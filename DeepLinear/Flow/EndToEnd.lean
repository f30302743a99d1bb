/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Balanced

/-!
# Gradient flow of the end-to-end matrix

The end-to-end matrix of a gradient flow has the derivative `- ∑ T_k T_kᵀ G S_{k-1}ᵀ S_{k-1}`. Where
the weights are balanced, `W_{k+1}ᵀ W_{k+1} = W_k W_kᵀ` for all `k`, the factors are powers of two
matrices: with `A = W_H W_Hᵀ` and `B = W_1ᵀ W_1` the derivative is `- ∑ A^{H-k} G B^{k-1}`, and
`A^H = R Rᵀ`, `B^H = Rᵀ R`. Depth acts as a preconditioner. No roots of matrices are needed.

## Main definitions

* `DeepLinear.IsBalanced W`: neighbouring layers are balanced.
* `DeepLinear.firstGram W`, `DeepLinear.lastGram W`: the matrices `B = W_1ᵀ W_1` and `A = W_H W_Hᵀ`.

## Main statements

* `DeepLinear.hasDerivWithinAt_endToEnd_apply`: the derivative of the end-to-end matrix.
* `DeepLinear.head_transpose_mul_head`, `DeepLinear.tail_mul_transpose_tail`: powers of `B` and `A`.
* `DeepLinear.hasDerivWithinAt_endToEnd_of_isBalanced`: the preconditioned equation.

## References

* S. Arora, N. Cohen, E. Hazan, *On the Optimization of Deep Networks*, arXiv:1802.06509, Theorem 1.
-/

@[expose] public section

open Matrix

namespace DeepLinear

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
  (fun A : Matrix (ι (Fin.succ 0)) (ι 0) R => Aᵀ * A) (W 0)

/-- The matrix `W_H W_Hᵀ`. -/
def lastGram (W : Weights ι R) : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R :=
  (fun A : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last n).castSucc) R => A * Aᵀ) (W (Fin.last n))

variable [∀ k, DecidableEq (ι k)] {W : Weights ι R}

/-- Balanced weights are moved past a head. -/
lemma transpose_mul_mul_head (hW : IsBalanced W) (k : Fin (n + 1)) :
    (W k)ᵀ * W k * head W k.castSucc = head W k.castSucc * firstGram W := by
  induction k using Fin.induction with
  | zero =>
    exact (Matrix.mul_one (firstGram W)).trans (Matrix.one_mul (firstGram W)).symm
  | succ k ih =>
    have hbal : (W k.succ)ᵀ * W k.succ =
        (fun A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R => A * Aᵀ) (W k.castSucc) :=
      sub_eq_zero.1 (hW k)
    have hhead : head W k.succ.castSucc =
        (fun A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R =>
          A * head W k.castSucc.castSucc) (W k.castSucc) :=
      head_succ W k.castSucc
    rw [hbal, hhead]
    have key : ∀ A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R,
        Aᵀ * A * head W k.castSucc.castSucc = head W k.castSucc.castSucc * firstGram W →
        A * Aᵀ * (A * head W k.castSucc.castSucc) =
          A * head W k.castSucc.castSucc * firstGram W := by
      intro A hA
      rw [Matrix.mul_assoc A Aᵀ, ← Matrix.mul_assoc Aᵀ A, hA, ← Matrix.mul_assoc]
    exact key (W k.castSucc) ih

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
    have h1 : tail W (Fin.last n).succ =
        (1 : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R) := tail_last W
    rw [h1]
    exact (Matrix.one_mul (lastGram W)).trans (Matrix.mul_one _).symm
  | cast k ih =>
    have hbal : (W k.succ)ᵀ * W k.succ =
        (fun A : Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R => A * Aᵀ) (W k.castSucc) :=
      sub_eq_zero.1 (hW k)
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
