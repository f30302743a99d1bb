/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Matrix.EckartYoung
public import Mathlib.Analysis.InnerProductSpace.Adjoint
public import Mathlib.Analysis.InnerProductSpace.SingularValues

/-!
# Eckart and Young's theorem, by singular values

Let `σ` be the singular values of `N`. There is an orthogonal matrix `V` with
`Nᵀ N = V diag(σ²) Vᵀ`; with the projector `P` on the first `p` of its columns, `N P` is a best
approximation of `N` among the matrices of rank at most `p`, and the squared error is the sum of the
squares of the singular values from `p` on.

## Main definitions

* `Matrix.frameProjector V p`: the projector on the first `p` columns of `V`.

## Main statements

* `Matrix.exists_transpose_mul_self_eq`: the diagonal form of `Nᵀ N`, by singular values.
* `Matrix.trace_mul_projector_le_sum`: Ky Fan's inequality, with eigenvalues.
* `Matrix.exists_isMinOn_sqNorm_singularValues`: the greatest `p` singular values give `N P`.
* `Matrix.isLeast_sqNorm_sub`: the least squared error of rank `p`.
-/

@[expose] public section

namespace Matrix

variable {m n k : Type*} [Fintype m] [Fintype n] [Fintype k] [DecidableEq k]

/-- The diagonal form of `Nᵀ N`: its eigenvalues are the squared singular values of `N`. -/
theorem exists_transpose_mul_self_eq [DecidableEq n] (N : Matrix m n ℝ) :
    ∃ V : Matrix n (Fin (Fintype.card n)) ℝ, Vᵀ * V = 1 ∧ V * Vᵀ = 1 ∧
      Nᵀ * N = V * diagonal (fun i : Fin (Fintype.card n) =>
        (toEuclideanLin N).singularValues i ^ 2) * Vᵀ := by
  classical
  have hn : Module.finrank ℝ (EuclideanSpace ℝ n) = Fintype.card n := finrank_euclideanSpace
  let u := (toEuclideanLin N).isSymmetric_adjoint_comp_self.eigenvectorBasis hn
  let V : Matrix n (Fin (Fintype.card n)) ℝ := of fun j i => u i j
  have hV : Vᵀ * V = 1 := by
    ext i j
    have h := orthonormal_iff_ite.1 u.orthonormal i j
    rw [EuclideanSpace.inner_eq_star_dotProduct, dotProduct_comm] at h
    rw [Matrix.one_apply, ← h]
    rfl
  have hV' : V * Vᵀ = 1 := (mul_eq_one_comm_of_card_eq (Fin _) n ℝ (Fintype.card_fin _)).1 hV
  refine ⟨V, hV, hV', ?_⟩
  have hcol : Nᵀ * N * V =
      V * diagonal (fun i : Fin (Fintype.card n) => (toEuclideanLin N).singularValues i ^ 2) := by
    ext j i
    have h := (toEuclideanLin N).isSymmetric_adjoint_comp_self.apply_eigenvectorBasis hn i
    rw [← (toEuclideanLin N).sq_singularValues_fin hn, LinearMap.comp_apply] at h
    have hadj := congrArg (· (toEuclideanLin N (u i))) N.toEuclideanLin_conjTranspose_eq_adjoint
    have hj : ((Nᵀ * N) *ᵥ (u i : n → ℝ)) j =
        (toEuclideanLin N).singularValues i ^ 2 * u i j := by
      rw [← Matrix.mulVec_mulVec]
      exact congrFun (congrArg WithLp.ofLp (hadj.trans h)) j
    rw [Matrix.mul_diagonal, mul_comm]
    exact hj
  rw [← hcol, Matrix.mul_assoc, hV', Matrix.mul_one]

section Frame

variable {V : Matrix n k ℝ}

/-- Products of matrices that one orthogonal matrix brings into another form. -/
lemma frame_mul_frame_mul (hV : Vᵀ * V = 1) (A B : Matrix k k ℝ) :
    V * A * Vᵀ * (V * B * Vᵀ) = V * (A * B) * Vᵀ := by
  calc V * A * Vᵀ * (V * B * Vᵀ) = V * A * (Vᵀ * V) * B * Vᵀ := by simp only [Matrix.mul_assoc]
    _ = V * (A * B) * Vᵀ := by rw [hV, Matrix.mul_one]; simp only [Matrix.mul_assoc]

lemma trace_frame_mul (hV : Vᵀ * V = 1) (A : Matrix k k ℝ) : (V * A * Vᵀ).trace = A.trace := by
  rw [Matrix.trace_mul_comm, ← Matrix.mul_assoc, hV, Matrix.one_mul]

/-- The form of `V diag(d) Vᵀ`. -/
lemma dotProduct_conj_diagonal_mulVec (d : k → ℝ) (v : n → ℝ) :
    v ⬝ᵥ (V * diagonal d * Vᵀ) *ᵥ v = ∑ i, d i * (Vᵀ *ᵥ v) i ^ 2 := by
  rw [← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
    ← Matrix.mulVec_transpose]
  simp only [dotProduct, Matrix.mulVec_diagonal]
  exact Finset.sum_congr rfl fun i _ => by ring

/-- What `V diag(d) Vᵀ` does to the coordinates of a vector. -/
lemma transpose_mulVec_conj_diagonal (hV : Vᵀ * V = 1) (d : k → ℝ) (v : n → ℝ) (i : k) :
    (Vᵀ *ᵥ ((V * diagonal d * Vᵀ) *ᵥ v)) i = d i * (Vᵀ *ᵥ v) i := by
  have h : Vᵀ * (V * diagonal d * Vᵀ) = diagonal d * Vᵀ := by
    rw [← Matrix.mul_assoc, ← Matrix.mul_assoc, hV, Matrix.one_mul]
  rw [Matrix.mulVec_mulVec, h, ← Matrix.mulVec_mulVec, Matrix.mulVec_diagonal]

end Frame

section FrameProjector

variable {c : ℕ} {V : Matrix n (Fin c) ℝ} {s : ℕ → ℝ} {S : Matrix n n ℝ}

/-- The projector on the first `p` columns of a matrix with orthonormal columns. -/
def frameProjector (V : Matrix n (Fin c) ℝ) (p : ℕ) : Matrix n n ℝ :=
  V * diagonal (fun i : Fin c => if (i : ℕ) < p then (1 : ℝ) else 0) * Vᵀ

omit [Fintype n] in
lemma frameProjector_transpose (p : ℕ) : (frameProjector V p)ᵀ = frameProjector V p := by
  rw [frameProjector, Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_transpose,
    Matrix.diagonal_transpose, Matrix.mul_assoc]

lemma frameProjector_mul_self (hV : Vᵀ * V = 1) (p : ℕ) :
    frameProjector V p * frameProjector V p = frameProjector V p := by
  rw [frameProjector, frame_mul_frame_mul hV, Matrix.diagonal_mul_diagonal]
  congr! 4 with i
  split_ifs <;> simp

/-- The trace of `V diag(s) Vᵀ` against the projector. -/
lemma trace_mul_frameProjector (hV : Vᵀ * V = 1) (hS : S = V * diagonal (fun i : Fin c => s i) * Vᵀ)
    (p : ℕ) : (S * frameProjector V p).trace = ∑ i ∈ Finset.range (min p c), s i := by
  have hfilter : (Finset.range c).filter (· < p) = Finset.range (min p c) := by
    ext i
    simp [and_comm]
  rw [hS, frameProjector, frame_mul_frame_mul hV, trace_frame_mul hV, Matrix.diagonal_mul_diagonal,
    Matrix.trace_diagonal, ← hfilter, Finset.sum_filter,
    ← Fin.sum_univ_eq_sum_range (fun i => if i < p then s i else 0) c]
  simp

lemma trace_frameProjector (hV : Vᵀ * V = 1) (p : ℕ) :
    (frameProjector V p).trace = (min p c : ℕ) := by
  have hV1 : V * diagonal (fun _ : Fin c => (1 : ℝ)) * Vᵀ * frameProjector V p =
      frameProjector V p := by
    rw [frameProjector, frame_mul_frame_mul hV, Matrix.diagonal_mul_diagonal]
    simp
  rw [← hV1, trace_mul_frameProjector (s := fun _ => 1) hV rfl]
  simp

/-- **Ky Fan's inequality**, with eigenvalues: no projector of trace at most `p` gives more than the
sum of the greatest `p` eigenvalues. -/
theorem trace_mul_projector_le_sum [DecidableEq n] (hV : Vᵀ * V = 1) (hV' : V * Vᵀ = 1)
    (hs : Antitone s) (hs0 : ∀ i, 0 ≤ s i) (hS : S = V * diagonal (fun i : Fin c => s i) * Vᵀ)
    {p : ℕ} {P : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P) (htr : P.trace ≤ (min p c : ℕ)) :
    (S * P).trace ≤ ∑ i ∈ Finset.range (min p c), s i := by
  have hself : ∀ v : n → ℝ, v ⬝ᵥ v = ∑ i, (Vᵀ *ᵥ v) i ^ 2 := fun v => by
    classical
    have h := dotProduct_conj_diagonal_mulVec (V := V) (fun _ => 1) v
    rw [Matrix.diagonal_one, Matrix.mul_one, hV', Matrix.one_mulVec] at h
    simpa using h
  have hcomm : S * frameProjector V p = frameProjector V p * S := by
    rw [hS, frameProjector, frame_mul_frame_mul hV, frame_mul_frame_mul hV,
      Matrix.diagonal_mul_diagonal, Matrix.diagonal_mul_diagonal]
    simp only [mul_comm]
  rw [← trace_mul_frameProjector hV hS p]
  refine trace_mul_projector_le (frameProjector_transpose p) (frameProjector_mul_self hV p) hcomm
    hP hPP (htr.trans_eq (trace_frameProjector hV p).symm) (hs0 p) (fun b hb => ?_) fun e he => ?_
  · rw [hS, dotProduct_conj_diagonal_mulVec, hself, Finset.mul_sum]
    refine Finset.sum_le_sum fun i _ => ?_
    have h := transpose_mulVec_conj_diagonal hV (fun i => if (i : ℕ) < p then (1 : ℝ) else 0) b i
    change (Vᵀ *ᵥ (frameProjector V p *ᵥ b)) i = _ at h
    rw [hb, Matrix.mulVec_zero, Pi.zero_apply] at h
    rcases lt_or_ge (i : ℕ) p with hi | hi
    · have h0 : (Vᵀ *ᵥ b) i = 0 := by simpa [hi] using h.symm
      simp [h0]
    · exact mul_le_mul_of_nonneg_right (hs hi) (sq_nonneg _)
  · rw [hS, dotProduct_conj_diagonal_mulVec, hself, Finset.mul_sum]
    refine Finset.sum_le_sum fun i _ => ?_
    have h := transpose_mulVec_conj_diagonal hV (fun i => if (i : ℕ) < p then (1 : ℝ) else 0) e i
    change (Vᵀ *ᵥ (frameProjector V p *ᵥ e)) i = _ at h
    rw [he] at h
    rcases lt_or_ge (i : ℕ) p with hi | hi
    · exact mul_le_mul_of_nonneg_right (hs hi.le) (sq_nonneg _)
    · have h0 : (Vᵀ *ᵥ e) i = 0 := by simpa [hi.not_gt] using h
      simp [h0]

end FrameProjector

/-- **Eckart and Young**, by singular values: the projector on the directions of the greatest `p`
singular values of `N` gives a best approximation of rank at most `p`, with the squares of the
others as squared error. -/
theorem exists_isMinOn_sqNorm_singularValues [DecidableEq n] (N : Matrix m n ℝ) (p : ℕ) :
    ∃ V : Matrix n (Fin (Fintype.card n)) ℝ, Vᵀ * V = 1 ∧
      Nᵀ * N = V * diagonal (fun i : Fin (Fintype.card n) =>
        (toEuclideanLin N).singularValues i ^ 2) * Vᵀ ∧
      (N * frameProjector V p).rank ≤ p ∧
      IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} (N * frameProjector V p) ∧
      sqNorm (N - N * frameProjector V p) =
        ∑ i ∈ Finset.Ico p (Fintype.card n), (toEuclideanLin N).singularValues i ^ 2 := by
  obtain ⟨V, hV, hV', hS⟩ := N.exists_transpose_mul_self_eq
  obtain ⟨s, hs⟩ : ∃ s : ℕ → ℝ, ∀ i, s i = (toEuclideanLin N).singularValues i ^ 2 :=
    ⟨_, fun _ => rfl⟩
  have hanti : Antitone s := fun i j hij => by
    rw [hs, hs]
    exact pow_le_pow_left₀ ((toEuclideanLin N).singularValues_nonneg j)
      ((toEuclideanLin N).singularValues_antitone hij) 2
  have hnonneg : ∀ i, 0 ≤ s i := fun i => hs i ▸ sq_nonneg _
  refine ⟨V, hV, hS, ?_, ?_, ?_⟩ <;> simp only [← hs] at hS ⊢
  · refine (rank_mul_le_right _ _).trans ?_
    have h := rank_eq_trace_of_projector (frameProjector_transpose p) (frameProjector_mul_self hV p)
    rw [trace_frameProjector hV] at h
    exact (Nat.cast_injective h).trans_le (min_le_left _ _)
  · intro A hA
    obtain ⟨P, hP, hPP, hAP, htr, -⟩ := A.exists_rowProj
    have hle := trace_mul_projector_le_sum hV hV' hanti hnonneg hS hP hPP (p := p) (by
      rw [htr]
      exact_mod_cast le_min hA A.rank_le_card_width)
    rw [← trace_mul_frameProjector hV hS] at hle
    calc sqNorm (N - N * frameProjector V p) = sqNorm N - (Nᵀ * N * frameProjector V p).trace :=
          sqNorm_sub_mul_projector N (frameProjector_transpose p) (frameProjector_mul_self hV p)
      _ ≤ sqNorm N - (Nᵀ * N * P).trace := by linarith
      _ = sqNorm (N - N * P) := (sqNorm_sub_mul_projector N hP hPP).symm
      _ ≤ sqNorm (N - A) := sqNorm_sub_mul_le N A hP hPP hAP
  · have hN : sqNorm N = ∑ i ∈ Finset.range (Fintype.card n), s i := by
      rw [← sqNorm_transpose, sqNorm, Matrix.transpose_transpose, hS, trace_frame_mul hV,
        Matrix.trace_diagonal, Fin.sum_univ_eq_sum_range]
    rw [sqNorm_sub_mul_projector N (frameProjector_transpose p) (frameProjector_mul_self hV p),
      trace_mul_frameProjector hV hS, hN]
    rcases le_total p (Fintype.card n) with h | h
    · rw [min_eq_left h, ← Finset.sum_range_add_sum_Ico _ h, add_sub_cancel_left]
    · rw [min_eq_right h, Finset.Ico_eq_empty_of_le h, sub_self, Finset.sum_empty]

/-- **Eckart and Young**: the least squared error, in the Frobenius norm, of an approximation of `N`
of rank at most `p` is the sum of the squares of the singular values of `N` from `p` on (which are
counted from `0`). -/
theorem isLeast_sqNorm_sub [DecidableEq n] (N : Matrix m n ℝ) (p : ℕ) :
    IsLeast ((fun A => sqNorm (N - A)) '' {A : Matrix m n ℝ | A.rank ≤ p})
      (∑ i ∈ Finset.Ico p (Fintype.card n), (toEuclideanLin N).singularValues i ^ 2) := by
  obtain ⟨V, -, -, hrank, hmin, herr⟩ := N.exists_isMinOn_sqNorm_singularValues p
  refine ⟨⟨_, hrank, herr⟩, ?_⟩
  rintro _ ⟨A, hA, rfl⟩
  exact herr.symm.trans_le (hmin hA)

end Matrix
