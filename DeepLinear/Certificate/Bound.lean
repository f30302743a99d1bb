/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Main

/-!
# A lower bound of the loss that can be checked

Let `K` solve the normal equations, `K X Xᵀ = Y Xᵀ` (least squares; there is one for all data), let
`c ≥ 0`, and let `B` and `c + B - K X Xᵀ Kᵀ` be positive semidefinite. Then the loss of every matrix
of rank at most `p` is at least `(‖Y‖² - c p - tr B) / 2`. Over the rationals all of it can be
decided. It is sharp: with `c` the `p`-th greatest eigenvalue of `K X Xᵀ Kᵀ`.

## Main statements

* `DeepLinear.le_sqNorm_sub_of_certificate`: the bound for approximations of a matrix.
* `DeepLinear.le_datasetLoss_of_certificate`: the bound for the dataset loss.
* `DeepLinear.le_datasetLoss_endToEnd_of_certificate`: the bound for a deep linear network.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {m n s : Type*} [Fintype m] [Fintype n] [Fintype s]

/-- The trace of `S P` for a projector `P` of trace at most `p`, if `S ≤ c + B` as forms. -/
lemma trace_mul_projector_le {S B P : Matrix n n ℝ} {c : ℝ} {p : ℕ} (hc : 0 ≤ c)
    (hB : ∀ v, 0 ≤ v ⬝ᵥ B *ᵥ v)
    (hS : ∀ v, v ⬝ᵥ S *ᵥ v ≤ c * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v) (hP : Pᵀ = P) (hPP : P * P = P)
    (htr : P.trace ≤ p) : (S * P).trace ≤ c * p + B.trace := by
  classical
  have h1 : 0 ≤ ((c • (1 : Matrix n n ℝ) + B - S) * P).trace := by
    refine trace_mul_projector_nonneg (fun v => ?_) hP hPP
    have h := hS v
    simp only [Matrix.sub_mulVec, Matrix.add_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec,
      dotProduct_sub, dotProduct_add, dotProduct_smul, smul_eq_mul]
    linarith
  have hP' : (1 - P)ᵀ = 1 - P := by rw [Matrix.transpose_sub, Matrix.transpose_one, hP]
  have hPP' : (1 - P) * (1 - P) = 1 - P := by
    rw [Matrix.mul_sub, Matrix.sub_mul, Matrix.sub_mul, hPP]
    simp
  have h2 : 0 ≤ (B * (1 - P)).trace := trace_mul_projector_nonneg hB hP' hPP'
  have h3 : c * P.trace ≤ c * p := mul_le_mul_of_nonneg_left htr hc
  simp only [Matrix.sub_mul, Matrix.add_mul, Matrix.smul_mul, Matrix.one_mul, Matrix.trace_sub,
    Matrix.trace_add, Matrix.trace_smul, smul_eq_mul, Matrix.mul_sub, Matrix.mul_one] at h1 h2
  linarith

/-- A lower bound of the error of every approximation of rank at most `p`, by a certificate. -/
theorem le_sqNorm_sub_of_certificate {N : Matrix m n ℝ} {B : Matrix n n ℝ} {c : ℝ} {p : ℕ}
    (hc : 0 ≤ c) (hB : ∀ v, 0 ≤ v ⬝ᵥ B *ᵥ v)
    (hS : ∀ v, v ⬝ᵥ (Nᵀ * N) *ᵥ v ≤ c * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v) {A : Matrix m n ℝ}
    (hA : A.rank ≤ p) : sqNorm N - c * p - B.trace ≤ sqNorm (N - A) := by
  obtain ⟨P, hP, hPP, hAP, htr, -⟩ := A.exists_rowProj
  have h1 := sqNorm_sub_mul_le N A hP hPP hAP
  rw [sqNorm_sub_mul_projector N hP hPP] at h1
  have h2 : (Nᵀ * N * P).trace ≤ c * p + B.trace :=
    trace_mul_projector_le hc hB hS hP hPP (by rw [htr]; exact_mod_cast hA)
  linarith

/-- Least squares splits the loss: with `K X Xᵀ = Y Xᵀ` it is the distance of `A X` to `K X`, plus
the loss of `K`. -/
lemma datasetLoss_eq_add_of_normalEquation {X : Matrix n s ℝ} {Y : Matrix m s ℝ}
    {K : Matrix m n ℝ} (hK : K * (X * Xᵀ) = Y * Xᵀ) (A : Matrix m n ℝ) :
    datasetLoss X Y A = (sqNorm Y - sqNorm (K * X) + sqNorm (K * X - A * X)) / 2 := by
  have h0 : (Y - K * X) * Xᵀ = 0 := by
    rw [Matrix.sub_mul, Matrix.mul_assoc, hK, sub_self]
  have horth : ∀ Z : Matrix m n ℝ, ((Y - K * X) * (Z * X)ᵀ).trace = 0 := by
    intro Z
    rw [Matrix.transpose_mul, ← Matrix.mul_assoc, h0, Matrix.zero_mul, Matrix.trace_zero]
  have h1 : sqNorm (Y - A * X) = sqNorm (Y - K * X) + sqNorm (K * X - A * X) := by
    have h := horth (K - A)
    rw [Matrix.sub_mul K A X] at h
    rw [show Y - A * X = (Y - K * X) + (K * X - A * X) by abel, sqNorm_add, h]
    ring
  have h2 : sqNorm Y = sqNorm (Y - K * X) + sqNorm (K * X) := by
    conv_lhs => rw [show Y = (Y - K * X) + K * X by abel, sqNorm_add, horth K]
    ring
  have h3 : datasetLoss X Y A = sqNorm (Y - A * X) / 2 := rfl
  rw [h3, h1]
  linarith

/-- A lower bound of the loss of every matrix of rank at most `p`, by a certificate. -/
theorem le_datasetLoss_of_certificate {X : Matrix n s ℝ} {Y : Matrix m s ℝ} {K : Matrix m n ℝ}
    (hK : K * (X * Xᵀ) = Y * Xᵀ) {B : Matrix m m ℝ} {c : ℝ} {p : ℕ} (hc : 0 ≤ c)
    (hB : ∀ v, 0 ≤ v ⬝ᵥ B *ᵥ v)
    (hS : ∀ v, v ⬝ᵥ (K * (X * Xᵀ) * Kᵀ) *ᵥ v ≤ c * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v) {A : Matrix m n ℝ}
    (hA : A.rank ≤ p) : (sqNorm Y - c * p - B.trace) / 2 ≤ datasetLoss X Y A := by
  have hN : ((K * X)ᵀ)ᵀ * (K * X)ᵀ = K * (X * Xᵀ) * Kᵀ := by
    rw [Matrix.transpose_transpose, Matrix.transpose_mul]
    simp only [Matrix.mul_assoc]
  have hrank : ((A * X)ᵀ).rank ≤ p := by
    rw [rank_transpose]
    exact (rank_mul_le_left _ _).trans hA
  have h := le_sqNorm_sub_of_certificate (N := (K * X)ᵀ) hc hB (by rwa [hN]) hrank
  rw [sqNorm_transpose, ← Matrix.transpose_sub, sqNorm_transpose] at h
  rw [datasetLoss_eq_add_of_normalEquation hK A]
  linarith

/-- **A lower bound by a certificate**: no weights of a deep linear network have a loss below
`(‖Y‖² - c p - tr B) / 2`, with `p` the bottleneck width. -/
theorem le_datasetLoss_endToEnd_of_certificate {H : ℕ} {ι : Fin (H + 1) → Type*}
    [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] {X : Matrix (ι 0) s ℝ}
    {Y : Matrix (ι (Fin.last H)) s ℝ} {K : Matrix (ι (Fin.last H)) (ι 0) ℝ}
    (hK : K * (X * Xᵀ) = Y * Xᵀ) {B : Matrix (ι (Fin.last H)) (ι (Fin.last H)) ℝ} {c : ℝ}
    (hc : 0 ≤ c) (hB : ∀ v, 0 ≤ v ⬝ᵥ B *ᵥ v)
    (hS : ∀ v, v ⬝ᵥ (K * (X * Xᵀ) * Kᵀ) *ᵥ v ≤ c * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v) (W : Weights ι ℝ) :
    (sqNorm Y - c * bottleneck ι - B.trace) / 2 ≤ datasetLoss X Y (endToEnd W) :=
  le_datasetLoss_of_certificate hK hc hB hS (rank_endToEnd_le W)

end DeepLinear
