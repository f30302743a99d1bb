/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import DeepLinear.Loss

/-!
# Problem 4: square layers and an end-to-end matrix of full rank

All layers have the same width. If the end-to-end matrix `R = T W_k S` is invertible, then so are
its factors, the tail `T` and the head `S` of every layer `k`. Criticality in layer `k` says
`l' (T V S) = 0` for every `V`, and `T V S` is then an arbitrary matrix: `l' = 0`. A convex `l` is
minimal where its derivative vanishes. No local minimum is needed, a critical point is enough, and
one layer is enough.

## Main statements

* `DeepLinear.isMinOn_of_isLocalMin_of_rank_eq`: Problem 4, as the assignment puts it.
* `DeepLinear.isMinOn_of_isCritical_of_isUnit`: critical points, any convex differentiable loss.
* `DeepLinear.isMinOn_of_isCritical_residual`: residual layers `1 + A_k` (Hardt and Ma).

## References

* M. Hardt, T. Ma, *Identity Matters in Deep Learning*, arXiv:1611.04231, Theorem 2.2.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {H : ℕ} {n : Type*} [Fintype n] [DecidableEq n]

section CommRing

variable {R : Type*} [CommRing R] {W : Weights (fun _ : Fin (H + 1) => n) R}

/-- If the end-to-end matrix is invertible, then every tail is. -/
lemma isUnit_tail (hR : IsUnit (endToEnd W)) (k : Fin (H + 1)) : IsUnit (tail W k) := by
  rw [← tail_mul_head W k, Matrix.isUnit_iff_isUnit_det, Matrix.det_mul] at hR
  exact (Matrix.isUnit_iff_isUnit_det _).2 (isUnit_of_mul_isUnit_left hR)

/-- If the end-to-end matrix is invertible, then every head is. -/
lemma isUnit_head (hR : IsUnit (endToEnd W)) (k : Fin (H + 1)) : IsUnit (head W k) := by
  rw [← tail_mul_head W k, Matrix.isUnit_iff_isUnit_det, Matrix.det_mul] at hR
  exact (Matrix.isUnit_iff_isUnit_det _).2 (isUnit_of_mul_isUnit_right hR)

/-- A product of invertible layers is invertible. -/
lemma isUnit_endToEnd (hW : ∀ k, IsUnit (W k)) : IsUnit (endToEnd W) := by
  suffices ∀ k, IsUnit (head W k) from this _
  intro k
  induction k using Fin.induction with
  | zero => exact isUnit_one
  | succ k ih => rw [head_succ]; exact (hW k).mul ih

end CommRing

/-- **Problem 4 for critical points and any convex differentiable loss**: if the layers are square
and the end-to-end matrix of a critical point is invertible, then it minimizes the loss `l` over all
matrices. -/
theorem isMinOn_of_isCritical_of_isUnit (hH : 1 ≤ H) {l : Matrix n n ℝ → ℝ}
    (hl : ConvexOn ℝ Set.univ l) (W : Weights (fun _ : Fin (H + 1) => n) ℝ)
    {l' : Matrix n n ℝ →ₗ[ℝ] ℝ} (hl' : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsCritical W l) (hR : IsUnit (endToEnd W)) :
    IsMinOn l Set.univ (endToEnd W) := by
  let k : Fin H := ⟨0, hH⟩
  have hT := (Matrix.isUnit_iff_isUnit_det _).1 (isUnit_tail hR k.succ)
  have hS := (Matrix.isUnit_iff_isUnit_det _).1 (isUnit_head hR k.castSucc)
  have hzero : l' = 0 := by
    refine LinearMap.ext fun V => ?_
    have hV := (isCritical_iff hl').1 hW k ((tail W k.succ)⁻¹ * V * (head W k.castSucc)⁻¹)
    rwa [← Matrix.mul_assoc, ← Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hT, Matrix.one_mul,
      Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hS, Matrix.mul_one] at hV
  exact isMinOn_of_hasGateauxDerivAt_zero hl (hzero ▸ hl')

/-- A network of residual layers `1 + A_k` in which every `A_k` shrinks every nonzero vector (as it
does when its operator norm is below one): each critical point minimizes the loss `l` over all
matrices. This is Theorem 2.2 of Hardt and Ma, for every convex differentiable loss. -/
theorem isMinOn_of_isCritical_residual (hH : 1 ≤ H) {l : Matrix n n ℝ → ℝ}
    (hl : ConvexOn ℝ Set.univ l) (A : Weights (fun _ : Fin (H + 1) => n) ℝ)
    (hA : ∀ k x, x ≠ 0 → (A k *ᵥ x) ⬝ᵥ (A k *ᵥ x) < x ⬝ᵥ x) {l' : Matrix n n ℝ →ₗ[ℝ] ℝ}
    (hl' : HasGateauxDerivAt l l' (endToEnd (1 + A)))
    (hW : IsCritical (1 + A) l) :
    IsMinOn l Set.univ (endToEnd (1 + A)) := by
  refine isMinOn_of_isCritical_of_isUnit hH hl _ hl' hW (isUnit_endToEnd fun k => ?_)
  rw [← Matrix.mulVec_injective_iff_isUnit]
  refine (injective_iff_map_eq_zero (Matrix.mulVecLin (1 + A k))).2 fun x hx => ?_
  by_contra hne
  have hAx : A k *ᵥ x = -x := by
    rw [Matrix.mulVecLin_apply, Matrix.add_mulVec, Matrix.one_mulVec] at hx
    exact (neg_eq_of_add_eq_zero_right hx).symm
  have := hA k x hne
  rw [hAx, neg_dotProduct_neg] at this
  exact lt_irrefl _ this

section DatasetLoss

variable {s : Type*} [Fintype s]

/-- **Problem 4**, for critical points: square layers and an invertible end-to-end matrix. -/
theorem isMinOn_datasetLoss_of_isCritical (W : Weights (fun _ : Fin (H + 1) => n) ℝ)
    (X Y : Matrix n s ℝ) (hW : IsCritical W (datasetLoss X Y))
    (hR : IsUnit (endToEnd W)) :
    IsMinOn (fun W : Weights (fun _ : Fin (H + 1) => n) ℝ => datasetLoss X Y (endToEnd W))
      Set.univ W := by
  intro W' _
  rcases Nat.eq_zero_or_pos H with rfl | hH
  · have h : W' = W := Subsingleton.elim W' W
    subst h
    exact le_refl (datasetLoss X Y (endToEnd W'))
  · have h := isMinOn_of_isCritical_of_isUnit hH (convexOn_datasetLoss X Y) W
      (hasGateauxDerivAt_datasetLoss X Y _) hW hR
    exact h (Set.mem_univ (endToEnd W'))

/-- **Problem 4**, as the assignment puts it: if all layers have the same width and a local minimum
of the loss has an end-to-end matrix of full rank, then it is a global minimum. -/
theorem isMinOn_of_isLocalMin_of_rank_eq (W : Weights (fun _ : Fin (H + 1) => n) ℝ)
    (X Y : Matrix n s ℝ)
    (hmin : IsLocalMin
      (fun W : Weights (fun _ : Fin (H + 1) => n) ℝ => datasetLoss X Y (endToEnd W)) W)
    (hR : (endToEnd W).rank = Fintype.card n) :
    IsMinOn (fun W : Weights (fun _ : Fin (H + 1) => n) ℝ => datasetLoss X Y (endToEnd W))
      Set.univ W :=
  isMinOn_datasetLoss_of_isCritical W X Y
    (isCritical_of_isLocalMin (hasGateauxDerivAt_datasetLoss X Y _) hmin)
    (rank_eq_card_iff_isUnit.1 hR)

end DatasetLoss

end DeepLinear
