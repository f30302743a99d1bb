/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Main
public import DeepLinear.Landscape.SecondOrder
public import DeepLinear.Population

/-!
# Corollaries of the classification

The classification of critical points for a distribution instead of a dataset; critical points of
the rank of the bottleneck width (Yun, Sra and Jadbabaie); and Kawaguchi 2016, Theorem 2.3 (iv), for
any widths: where the product of the interior layers has rank at least the bottleneck width, every
critical point that is not a global minimum is a strict saddle. With two weight matrices there are
no interior layers, and every saddle is strict; with three the origin shows that the hypothesis is
needed.

## Main definitions

* `DeepLinear.interiorProduct W`: the product of all layers but the first and the last.

## Main statements

* `DeepLinear.not_isStrictSaddle_populationLoss_iff`: the population form.
* `DeepLinear.isMinOn_or_isStrictSaddle_of_rank_eq`: critical points of rank `p`.
* `DeepLinear.isStrictSaddle_of_isCritical`: Kawaguchi 2016, Theorem 2.3 (iv).
* `DeepLinear.isStrictSaddle_of_rank_eq`, `DeepLinear.isStrictSaddle_of_two_layers`.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3.
* C. Yun, S. Sra, A. Jadbabaie, *Global optimality conditions for deep neural networks*,
  arXiv:1707.02444.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W : Weights ι ℝ}

/-- **Second order, for a distribution**: with finite second moments and `E x xᵀ` positive definite,
a critical point of the population loss has no negative curvature if and only if its end-to-end
matrix is minimal among the matrices of no larger rank and all pairs of layers are tight. -/
theorem not_isStrictSaddle_populationLoss_iff
    {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (hH : 1 ≤ H)
    (hμ : HasFiniteSecondMoments μ) (hpos : (inputMoment μ).PosDef)
    (hW : IsCritical W (populationLoss μ)) :
    ¬ IsStrictSaddle W (populationLoss μ) ↔
      IsMinOn (populationLoss μ) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) ∧
        IsTight W (endToEnd W * inputMoment μ - crossMoment μ) := by
  obtain ⟨X, Y, c, hX, hY, hloss⟩ := exists_datasetLoss_eq_populationLoss hμ
  have hfun : populationLoss μ = fun A => datasetLoss X Y A + c := funext hloss
  have hG : (endToEnd W * X - Y) * Xᵀ = endToEnd W * inputMoment μ - crossMoment μ := by
    rw [Matrix.sub_mul, Matrix.mul_assoc, hX, hY]
  rw [hfun] at hW ⊢
  rw [isCritical_add_const] at hW
  rw [isStrictSaddle_add_const, not_isStrictSaddle_iff hH (hX.symm ▸ hpos) hW, hG]
  refine and_congr_left fun _ => ?_
  simp only [isMinOn_iff, add_le_add_iff_right]

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Yun, Sra and Jadbabaie**, for any widths: a critical point whose end-to-end matrix has the
rank of the bottleneck width is a global minimum or a strict saddle. -/
theorem isMinOn_or_isStrictSaddle_of_rank_eq (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical W (datasetLoss X Y)) (hR : (endToEnd W).rank = bottleneck ι) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∨
      IsStrictSaddle W (datasetLoss X Y) := by
  rw [or_iff_not_imp_right]
  intro hs
  have hmin := ((not_isStrictSaddle_iff hH hX hW).1 hs).1
  rw [hR] at hmin
  exact (isMinOn_univ_iff_isMinOn_rank_le hH _ W).2 hmin

/-- A quadratic loss with a positive definite form is that of a dataset, up to a constant. -/
lemma exists_datasetLoss_eq_quadraticLoss {m n : Type*} [Fintype m] [Fintype n]
    {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ) :
    ∃ (X : Matrix n n ℝ) (Y : Matrix m n ℝ) (c' : ℝ), X * Xᵀ = Q ∧
      quadraticLoss Q C c = fun A => datasetLoss X Y A + c' := by
  classical
  obtain ⟨Z, hZ, hZQ⟩ := hQ.exists_mul_transpose_eq
  have hC : C * (Z⁻¹)ᵀ * Zᵀ = C := by
    rw [Matrix.mul_assoc, ← Matrix.transpose_mul, Matrix.mul_nonsing_inv _ hZ,
      Matrix.transpose_one, Matrix.mul_one]
  refine ⟨Z, C * (Z⁻¹)ᵀ, c - (C * (Z⁻¹)ᵀ * (C * (Z⁻¹)ᵀ)ᵀ).trace / 2, hZQ, funext fun A => ?_⟩
  rw [datasetLoss_eq_quadraticLoss, hZQ, hC, quadraticLoss, quadraticLoss]
  ring

section Kawaguchi

variable {n : ℕ} {ι : Fin (n + 3) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The product of the interior layers, from layer 1 to the last layer but one. -/
def interiorProduct (W : Weights ι ℝ) :
    Matrix (ι (Fin.last (n + 1)).castSucc) (ι (Fin.succ 0)) ℝ :=
  between W (Fin.succ 0) (Fin.last (n + 1)).castSucc

/-- **Kawaguchi 2016, Theorem 2.3 (iv)**, for any widths: a critical point of a quadratic loss with
a positive definite form that is not a global minimum is a strict saddle, if the product of its
interior layers has rank at least the bottleneck width. -/
theorem isStrictSaddle_of_isCritical {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical W (quadraticLoss Q C c)) (hM : bottleneck ι ≤ (interiorProduct W).rank)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle W (quadraticLoss Q C c) := by
  obtain ⟨X, Y, c', hX, hloss⟩ := exists_datasetLoss_eq_quadraticLoss hQ C c
  rw [hloss] at hW hglob ⊢
  rw [isCritical_add_const] at hW
  rw [isStrictSaddle_add_const]
  have hH : 1 ≤ n + 2 := by omega
  by_contra hs
  obtain ⟨hmin, ht⟩ := (not_isStrictSaddle_iff hH (hX.symm ▸ hQ) hW).1 hs
  have hlt : (0 : Fin (n + 2)) < Fin.last (n + 1) := Fin.last_pos
  refine hglob fun W' _ => add_le_add_left ?_ c'
  rcases ht 0 (Fin.last (n + 1)) hlt with h | h
  · exact hmin (((rank_endToEnd_le W').trans hM).trans_eq h)
  · have h0 : (endToEnd W * X - Y) * Xᵀ = 0 := by
      have h1 : (1 : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 2))) ℝ)ᵀ *
          ((endToEnd W * X - Y) * Xᵀ) * (1 : Matrix (ι 0) (ι 0) ℝ)ᵀ = 0 := by
        have htail : tail W (Fin.last (n + 1)).succ =
            (1 : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 2))) ℝ) := tail_last W
        rw [htail] at h
        exact h
      rwa [Matrix.transpose_one, Matrix.transpose_one, Matrix.one_mul, Matrix.mul_one] at h1
    exact isMinOn_datasetLoss_of_slope_eq_zero h0 (Set.mem_univ (endToEnd W'))

/-- For a quadratic loss with a positive definite form, every critical point whose end-to-end matrix
has the rank of the bottleneck width is a global minimum or a strict saddle. -/
theorem isStrictSaddle_of_rank_eq {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical W (quadraticLoss Q C c)) (hR : (endToEnd W).rank = bottleneck ι)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle W (quadraticLoss Q C c) := by
  refine isStrictSaddle_of_isCritical hQ C c hW ?_ hglob
  rw [← hR, ← tail_mul_between_mul_head W (Fin.last_pos : (0 : Fin (n + 2)) < _)]
  exact (rank_mul_le_left _ _).trans (rank_mul_le_right _ _)

/-- Two weight matrices and a quadratic loss with a positive definite form: every critical point
that is not a global minimum is a strict saddle. -/
theorem isStrictSaddle_of_two_layers {ι : Fin 3 → Type*} [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last 2)) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical W (quadraticLoss Q C c))
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle W (quadraticLoss Q C c) := by
  refine isStrictSaddle_of_isCritical (n := 0) hQ C c hW ?_ hglob
  have hone : interiorProduct (n := 0) W = (1 : Matrix (ι (Fin.succ 0)) (ι (Fin.succ 0)) ℝ) :=
    between_self W _
  have hrank : (interiorProduct (n := 0) W).rank = Fintype.card (ι (Fin.succ 0)) :=
    (congrArg Matrix.rank hone).trans rank_one
  rw [hrank]
  exact bottleneck_le _

end Kawaguchi

end DeepLinear
