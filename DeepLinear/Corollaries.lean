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

* `DeepLinear.exists_projector_of_isCritical`: critical points and their values.
* `DeepLinear.isProjector_of_isCritical`: the critical points of the autoencoder.
* `DeepLinear.isLocalMin_autoencoder_iff`: what a deep linear autoencoder learns.
* `DeepLinear.not_isStrictSaddle_populationLoss_iff`: the population form.
* `DeepLinear.isMinOn_or_isStrictSaddle_of_rank_eq`: critical points of rank `p`.
* `DeepLinear.isStrictSaddle_of_isCritical`: Kawaguchi 2016, Theorem 2.3 (iv).
* `DeepLinear.isStrictSaddle_of_rank_eq`, `DeepLinear.isStrictSaddle_of_two_layers`.

## References

* P. Baldi, K. Hornik, *Neural networks and principal component analysis: learning from examples
  without local minima*, Neural Networks 2 (1989), 53-58.
* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3.
* C. Yun, S. Sra, A. Jadbabaie, *Global optimality conditions for deep neural networks*,
  arXiv:1707.02444.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

/-! ### Critical points by projectors, and the linear autoencoder

At a critical point the end-to-end matrix `R` is a projection of the least-squares solution (Baldi
and Hornik 1989): with `X Xᵀ = Z Zᵀ` and `N = Y Xᵀ Z⁻ᵀ` there is an orthogonal projector `P` that
commutes with `Nᵀ N` and has `R Z = N P`. For `Y = X`, the linear autoencoder, `R` itself is an
orthogonal projector that commutes with `X Xᵀ`, and the local minima are those that keep the most
of the variance: principal component analysis. -/

section

section FirstOrder

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W : Weights ι ℝ} {G : Matrix (ι (Fin.last H)) (ι 0) ℝ}

/-- At a critical point the end-to-end matrix is orthogonal to the gradient, from both sides. -/
lemma transpose_endToEnd_mul_eq_zero (hH : 1 ≤ H) (hG : ∀ k, layerGradient W G k = 0) :
    (endToEnd W)ᵀ * G = 0 ∧ G * (endToEnd W)ᵀ = 0 := by
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  constructor
  · have h0 : (tail W (Fin.succ 0))ᵀ * G * (1 : Matrix (ι 0) (ι 0) ℝ)ᵀ = 0 := hG 0
    rw [Matrix.transpose_one, Matrix.mul_one] at h0
    rw [← tail_mul_head W (Fin.succ 0), Matrix.transpose_mul, Matrix.mul_assoc, h0, Matrix.mul_zero]
  · have h1 : (tail W (Fin.last (n + 1)))ᵀ * G * (head W (Fin.last n).castSucc)ᵀ = 0 :=
      hG (Fin.last n)
    rw [tail_last, Matrix.transpose_one, Matrix.one_mul] at h1
    rw [← tail_mul_head W (Fin.last n).castSucc, Matrix.transpose_mul, ← Matrix.mul_assoc, h1,
      Matrix.zero_mul]

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Baldi and Hornik**, for any widths and depth: at a critical point the end-to-end matrix `R`
has `R Z = N P` for an orthogonal projector `P` of trace `rank R` that commutes with `Nᵀ N`, and the
loss is half of `‖Y‖² - tr (Nᵀ N P)`. Here `X Xᵀ = Z Zᵀ` with `Z` invertible, and `N = Y Xᵀ Z⁻ᵀ`. -/
theorem exists_projector_of_isCritical (hH : 1 ≤ H) (hW : IsCritical W (datasetLoss X Y))
    {Z : Matrix (ι 0) (ι 0) ℝ} (hZ : IsUnit Z.det) (hX : Z * Zᵀ = X * Xᵀ)
    {N : Matrix (ι (Fin.last H)) (ι 0) ℝ} (hN : N = Y * Xᵀ * (Z⁻¹)ᵀ) :
    ∃ P : Matrix (ι 0) (ι 0) ℝ, Pᵀ = P ∧ P * P = P ∧ P.trace = (endToEnd W).rank ∧
      Nᵀ * N * P = P * (Nᵀ * N) ∧ endToEnd W * Z = N * P ∧
      datasetLoss X Y (endToEnd W) = ((Y * Yᵀ).trace - (Nᵀ * N * P).trace) / 2 := by
  set R := endToEnd W with hR
  obtain ⟨hRG, hGR⟩ := transpose_endToEnd_mul_eq_zero hH ((isCritical_datasetLoss_iff W X Y).1 hW)
  -- the gradient is the error of `R Z` as an approximation of `N`, up to `Zᵀ`
  have hG : (R * X - Y) * Xᵀ = -((N - R * Z) * Zᵀ) := by
    have h1 : N * Zᵀ = Y * Xᵀ := by
      rw [hN, Matrix.mul_assoc, ← Matrix.transpose_mul, Matrix.mul_nonsing_inv Z hZ,
        Matrix.transpose_one, Matrix.mul_one]
    rw [Matrix.sub_mul, Matrix.mul_assoc, ← hX, Matrix.sub_mul, h1, ← Matrix.mul_assoc, neg_sub]
  have hEM : (N - R * Z) * (R * Z)ᵀ = 0 := by
    rw [Matrix.transpose_mul, ← Matrix.mul_assoc, ← neg_eq_zero, ← Matrix.neg_mul, ← hG]
    exact hGR
  have hME : (R * Z)ᵀ * (N - R * Z) = 0 := by
    have hinv : (N - R * Z) = (N - R * Z) * Zᵀ * (Z⁻¹)ᵀ := by
      rw [Matrix.mul_assoc, ← Matrix.transpose_mul, Matrix.nonsing_inv_mul Z hZ,
        Matrix.transpose_one, Matrix.mul_one]
    have h1 : Rᵀ * ((N - R * Z) * Zᵀ) = 0 := by
      rw [← neg_eq_zero, ← Matrix.mul_neg, ← hG]
      exact hRG
    rw [hinv, Matrix.transpose_mul, Matrix.mul_assoc, ← Matrix.mul_assoc Rᵀ, h1, Matrix.zero_mul,
      Matrix.mul_zero]
  obtain ⟨P, hP, hPP, hMP, htr, K, hPK⟩ := (R * Z).exists_rowProj
  have hNP := mul_projector_eq hEM hP hMP hPK
  refine ⟨P, hP, hPP, ?_, transpose_mul_mul_projector_comm hP
    (transpose_mul_mul_projector_eq hME hNP), hNP.symm, ?_⟩
  · rw [htr, rank_mul_eq_left_of_isUnit_det Z R hZ]
  · have hloss := quadraticLoss_eq_sqNorm hZ hX (Y * Xᵀ) ((Y * Yᵀ).trace / 2) R
    rw [← datasetLoss_eq_quadraticLoss, ← hN, ← hNP, sqNorm_sub_mul_projector N hP hPP] at hloss
    rw [hloss]
    ring

end FirstOrder

section Shallow

variable {n s : Type*} [Fintype n] [DecidableEq n] [Fintype s] {X : Matrix n s ℝ} {A : Matrix n n ℝ}

omit [DecidableEq n] in
/-- What the first-order conditions say of the identity map: `A` is an orthogonal projector that
commutes with `X Xᵀ`. -/
lemma isProjector_of_first_order (hX : (X * Xᵀ).PosDef) (h1 : Aᵀ * ((A * X - X) * Xᵀ) = 0)
    (h2 : (A * X - X) * Xᵀ * Aᵀ = 0) :
    Aᵀ = A ∧ A * A = A ∧ A * (X * Xᵀ) = X * Xᵀ * A := by
  classical
  have hS := hX.transpose_eq
  have hunit : IsUnit (X * Xᵀ).det := by
    obtain ⟨Z, hZ, hZX⟩ := hX.exists_mul_transpose_eq
    rw [← hZX, Matrix.det_mul, Matrix.det_transpose]
    exact hZ.mul hZ
  generalize hSdef : X * Xᵀ = S at *
  have hG : (A * X - X) * Xᵀ = A * S - S := by rw [Matrix.sub_mul, Matrix.mul_assoc, hSdef]
  rw [hG] at h1 h2
  -- `Aᵀ A = Aᵀ`, so that `A` is symmetric and a projector
  have hAA : Aᵀ * A = Aᵀ := by
    have h : (Aᵀ * A - Aᵀ) * S = 0 := by
      rw [Matrix.sub_mul, ← h1, Matrix.mul_sub, Matrix.mul_assoc]
    have h' := congrArg (fun B : Matrix n n ℝ => B * S⁻¹) h
    simp only [Matrix.mul_assoc, Matrix.mul_nonsing_inv S hunit, Matrix.mul_one,
      Matrix.zero_mul] at h'
    exact sub_eq_zero.1 h'
  have hA : Aᵀ = A := by
    have h := congrArg Matrix.transpose hAA
    rw [Matrix.transpose_mul, Matrix.transpose_transpose] at h
    exact hAA.symm.trans h
  refine ⟨hA, by rw [hA] at hAA; exact hAA, ?_⟩
  rw [hA] at h2
  have h3 : A * S * A = S * A := by
    rw [Matrix.sub_mul] at h2
    exact sub_eq_zero.1 h2
  rw [← h3]
  rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_mul, hA,
    hS, ← Matrix.mul_assoc, h3]

omit [DecidableEq n] in
/-- The loss of an orthogonal projector as an autoencoder: the variance that it does not keep. -/
lemma datasetLoss_self_of_projector (X : Matrix n s ℝ) (hA : Aᵀ = A) (hAA : A * A = A) :
    datasetLoss X X A = ((X * Xᵀ).trace - (X * Xᵀ * A).trace) / 2 := by
  classical
  have h : (X - A * X) * (X - A * X)ᵀ = (1 - A) * (X * Xᵀ) * (1 - A) := by
    rw [Matrix.transpose_sub, Matrix.transpose_mul, hA]
    simp only [Matrix.sub_mul, Matrix.mul_sub, Matrix.one_mul, Matrix.mul_one, Matrix.mul_assoc]
  have hidem : (1 - A) * (1 - A) = 1 - A := by
    rw [Matrix.mul_sub, Matrix.sub_mul, Matrix.sub_mul, hAA]
    simp
  rw [datasetLoss, h, Matrix.trace_mul_comm, ← Matrix.mul_assoc, hidem, Matrix.sub_mul,
    Matrix.one_mul, Matrix.trace_sub, Matrix.trace_mul_comm A]

omit [DecidableEq n] in
/-- No matrix is a better autoencoder than the orthogonal projector on its range. -/
lemma exists_projector_datasetLoss_le (X : Matrix n s ℝ) (A : Matrix n n ℝ) :
    ∃ P : Matrix n n ℝ, Pᵀ = P ∧ P * P = P ∧ P.trace = A.rank ∧
      datasetLoss X X P ≤ datasetLoss X X A := by
  classical
  obtain ⟨P, hP, hPP, hAP, htr, -⟩ := Aᵀ.exists_rowProj
  have hPA : P * A = A := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, hP, hAP]
  refine ⟨P, hP, hPP, by rw [htr, Matrix.rank_transpose], ?_⟩
  have hsplit : X - P * X = (1 - P) * (X - A * X) := by
    rw [Matrix.sub_mul, Matrix.one_mul, Matrix.mul_sub, ← Matrix.mul_assoc, hPA]
    abel
  have hle : sqNorm ((1 - P) * (X - A * X)) ≤ sqNorm (X - A * X) := by
    refine sqNorm_projector_mul_le _ (by rw [Matrix.transpose_sub, Matrix.transpose_one, hP]) ?_
    rw [Matrix.mul_sub, Matrix.sub_mul, Matrix.sub_mul, hPP]
    simp
  rw [← hsplit] at hle
  simp only [datasetLoss]
  exact div_le_div_of_nonneg_right hle zero_le_two

end Shallow

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {W : Weights ι ℝ}

/-- The end-to-end matrix of an autoencoder, whose outputs are its inputs by `e`. -/
def autoencode (W : Weights ι ℝ) (e : ι (Fin.last H) ≃ ι 0) : Matrix (ι 0) (ι 0) ℝ :=
  (endToEnd W).submatrix e.symm id

omit [∀ k, DecidableEq (ι k)] in
/-- The loss of an autoencoder is that of the square matrix that it is. -/
lemma datasetLoss_submatrix (e : ι (Fin.last H) ≃ ι 0) (A : Matrix (ι (Fin.last H)) (ι 0) ℝ) :
    datasetLoss X (X.submatrix e id) A = datasetLoss X X (A.submatrix e.symm id) := by
  rw [datasetLoss_eq_sum_sq, datasetLoss_eq_sum_sq, ← Equiv.sum_comp e.symm]
  simp [Matrix.mul_apply]

/-- **The linear autoencoder**: at every critical point, for any depth and any widths, the
end-to-end matrix is an orthogonal projector that commutes with `X Xᵀ`, and the loss is half of the
variance that it does not keep. -/
theorem isProjector_of_isCritical (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef) (e : ι (Fin.last H) ≃ ι 0)
    (hW : IsCritical W (datasetLoss X (X.submatrix e id))) :
    (autoencode W e)ᵀ = autoencode W e ∧ autoencode W e * autoencode W e = autoencode W e ∧
      autoencode W e * (X * Xᵀ) = X * Xᵀ * autoencode W e ∧
      datasetLoss X (X.submatrix e id) (endToEnd W) =
        ((X * Xᵀ).trace - (X * Xᵀ * autoencode W e).trace) / 2 := by
  obtain ⟨h1, h2⟩ := transpose_endToEnd_mul_eq_zero hH ((isCritical_datasetLoss_iff W X _).1 hW)
  have hG : (autoencode W e * X - X) * Xᵀ =
      ((endToEnd W * X - X.submatrix e id) * Xᵀ).submatrix e.symm id := by
    ext i j
    simp [autoencode, Matrix.mul_apply]
  have h1' : (autoencode W e)ᵀ * ((autoencode W e * X - X) * Xᵀ) = 0 := by
    rw [hG, autoencode, Matrix.transpose_submatrix, Matrix.submatrix_mul_equiv, h1,
      Matrix.submatrix_zero]
    rfl
  have h2' : (autoencode W e * X - X) * Xᵀ * (autoencode W e)ᵀ = 0 := by
    rw [hG, autoencode, Matrix.transpose_submatrix]
    have h := Matrix.submatrix_mul_equiv ((endToEnd W * X - X.submatrix e id) * Xᵀ) (endToEnd W)ᵀ
      e.symm (Equiv.refl _) e.symm
    exact h.trans (by rw [h2, Matrix.submatrix_zero]; rfl)
  obtain ⟨hR, hRR, hcomm⟩ := isProjector_of_first_order hX h1' h2'
  refine ⟨hR, hRR, hcomm, ?_⟩
  rw [datasetLoss_submatrix]
  exact datasetLoss_self_of_projector X hR hRR

/-- **Principal component analysis is what a deep linear autoencoder learns**: weights are a local
minimum if and only if the end-to-end matrix is an orthogonal projector that keeps, of all
orthogonal projectors of trace at most the bottleneck width, the most of the variance `X Xᵀ`. -/
theorem isLocalMin_autoencoder_iff (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (e : ι (Fin.last H) ≃ ι 0) :
    IsLocalMin (fun W : Weights ι ℝ => datasetLoss X (X.submatrix e id) (endToEnd W)) W ↔
      (autoencode W e)ᵀ = autoencode W e ∧ autoencode W e * autoencode W e = autoencode W e ∧
        ∀ P : Matrix (ι 0) (ι 0) ℝ, Pᵀ = P → P * P = P → P.trace ≤ bottleneck ι →
          (X * Xᵀ * P).trace ≤ (X * Xᵀ * autoencode W e).trace := by
  have hrank : ∀ A : Matrix (ι (Fin.last H)) (ι 0) ℝ, (A.submatrix e.symm id).rank = A.rank :=
    fun A => Matrix.rank_submatrix A e.symm (Equiv.refl _)
  constructor
  · intro hW
    have hcrit := isCritical_of_isLocalMin
      (hasGateauxDerivAt_datasetLoss X (X.submatrix e id) (endToEnd W)) hW
    obtain ⟨hR, hRR, -, -⟩ := isProjector_of_isCritical hH hX e hcrit
    refine ⟨hR, hRR, fun P hP hPP htr => ?_⟩
    have hmin := (isMinOn_univ_iff_isMinOn_rank_le hH _ W).1
      (isMinOn_of_isLocalMin W X _ hX hW)
    have hPrank : (P.submatrix e id).rank ≤ bottleneck ι := by
      rw [show (P.submatrix e id).rank = P.rank from Matrix.rank_submatrix P e (Equiv.refl _)]
      have h := rank_eq_trace_of_projector hP hPP
      exact_mod_cast h.trans_le htr
    have hle : datasetLoss X (X.submatrix e id) (endToEnd W) ≤
        datasetLoss X (X.submatrix e id) (P.submatrix e id) := hmin hPrank
    have hback : (P.submatrix e id).submatrix e.symm id = P := by
      ext i j
      simp
    rw [datasetLoss_submatrix, datasetLoss_submatrix, hback, datasetLoss_self_of_projector X hP hPP,
      ← autoencode, datasetLoss_self_of_projector X hR hRR] at hle
    linarith
  · rintro ⟨hR, hRR, hmax⟩
    refine Filter.Eventually.of_forall fun W' => ?_
    obtain ⟨P, hP, hPP, htr, hle⟩ := exists_projector_datasetLoss_le X (autoencode W' e)
    have hPtr : P.trace ≤ bottleneck ι := by
      rw [htr, autoencode, hrank]
      exact_mod_cast rank_endToEnd_le W'
    have h := hmax P hP hPP hPtr
    simp only [datasetLoss_submatrix]
    rw [datasetLoss_self_of_projector X hP hPP] at hle
    refine le_trans ?_ hle
    rw [← autoencode, datasetLoss_self_of_projector X hR hRR]
    linarith

end

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
