/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Basic
public import DeepLinear.InMathlib
public import DeepLinear.Landscape.Main
public import Mathlib.Analysis.Matrix.PosDef
public import Mathlib.Analysis.ODE.Gronwall
public import Mathlib.Analysis.SpecialFunctions.Pow.Real

/-!
# Convergence of a balanced gradient flow

If `X Xᵀ ≥ λ` and, along a balanced flow, `W_1ᵀ W_1 ≥ σ`, then the loss of the dataset decreases
exponentially, at the rate `2 λ σ^{H-1}`. The bound on `W_1ᵀ W_1` is needed throughout, not only at
the start: with two layers of width 1, `x = 1`, `y = -1` and `w_1 = w_2 = 1` the flow runs into the
saddle at `0`.

## Main statements

* `DeepLinear.le_dotProduct_pow_mulVec`: `B ≥ σ` gives `B^k ≥ σ^k`.
* `DeepLinear.two_mul_datasetLoss_sub_le`: the gradient dominates the loss.
* `DeepLinear.datasetLoss_sub_le_exp`: exponential convergence.
* `DeepLinear.datasetLoss_le_of_isDatasetFlow`: the loss falls.
* `DeepLinear.rpow_le_of_le_pow`: a matrix is at least the root of what its power is at least.
* `DeepLinear.datasetLoss_sub_le_exp_of_sublevel`: the rate.
* `DeepLinear.exists_tendsto_isMinOn_of_sublevel`: the weights converge.
* `DeepLinear.exists_tendsto_isMinOn_of_margin`: on whitened data, from a deficiency margin.

## References

* S. Arora, N. Cohen, N. Golowich, W. Hu, *A convergence analysis of gradient descent for deep
  linear neural networks*, ICLR 2019.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

section

section QuadraticForms

variable {m n s : Type*} [Fintype m] [Fintype n] [Fintype s]

lemma sqNorm_mul_transpose (G : Matrix m n ℝ) {S : Matrix s n ℝ} {P : Matrix n n ℝ}
    (h : Sᵀ * S = P) : sqNorm (G * Sᵀ) = (G * P * Gᵀ).trace := by
  rw [sqNorm, Matrix.transpose_mul, Matrix.transpose_transpose, ← h]
  simp only [Matrix.mul_assoc]

/-- A lower bound of a form is one of the trace. -/
lemma mul_sqNorm_le_trace {Q : Matrix n n ℝ} {c : ℝ} (hQ : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ Q *ᵥ v)
    (V : Matrix m n ℝ) : c * sqNorm V ≤ (V * Q * Vᵀ).trace := by
  have hV : sqNorm V = ∑ i, V i ⬝ᵥ V i := by
    simp only [sqNorm, trace_mul_transpose, dotProduct]
  rw [hV, trace_mul_mul_transpose, Finset.mul_sum]
  exact Finset.sum_le_sum fun i _ => hQ (V i)

/-- If a symmetric matrix is at least `σ ≥ 0`, then its powers are at least those of `σ`. -/
lemma le_dotProduct_pow_mulVec [DecidableEq n] {B : Matrix n n ℝ} (hB : Bᵀ = B) {σ : ℝ}
    (hσ : 0 ≤ σ) (h : ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ B *ᵥ v) :
    ∀ (k : ℕ) (v : n → ℝ), σ ^ k * (v ⬝ᵥ v) ≤ v ⬝ᵥ (B ^ k) *ᵥ v
  | 0, v => by simp
  | 1, v => by simpa using h v
  | k + 2, v => by
    have hself : v ⬝ᵥ (B ^ (k + 2)) *ᵥ v = (B *ᵥ v) ⬝ᵥ (B ^ k) *ᵥ (B *ᵥ v) := by
      have hcomm : v ᵥ* B = B *ᵥ v := by rw [← Matrix.mulVec_transpose, hB]
      rw [pow_succ' B (k + 1), pow_succ B k, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
        hcomm, ← Matrix.mulVec_mulVec]
    -- `|B v|² ≥ σ² |v|²`, from `|B v - σ v|² ≥ 0`
    have hsq : σ ^ 2 * (v ⬝ᵥ v) ≤ (B *ᵥ v) ⬝ᵥ (B *ᵥ v) := by
      have hnonneg : 0 ≤ (B *ᵥ v - σ • v) ⬝ᵥ (B *ᵥ v - σ • v) :=
        Finset.sum_nonneg fun i _ => mul_self_nonneg _
      have hexpand : (B *ᵥ v - σ • v) ⬝ᵥ (B *ᵥ v - σ • v) =
          (B *ᵥ v) ⬝ᵥ (B *ᵥ v) - 2 * σ * (v ⬝ᵥ B *ᵥ v) + σ ^ 2 * (v ⬝ᵥ v) := by
        simp only [sub_dotProduct, dotProduct_sub, smul_dotProduct, dotProduct_smul, smul_eq_mul,
          dotProduct_comm (B *ᵥ v) v]
        ring
      rw [hexpand] at hnonneg
      linarith [mul_le_mul_of_nonneg_left (h v) hσ]
    rw [hself]
    calc σ ^ (k + 2) * (v ⬝ᵥ v) = σ ^ k * (σ ^ 2 * (v ⬝ᵥ v)) := by ring
      _ ≤ σ ^ k * ((B *ᵥ v) ⬝ᵥ (B *ᵥ v)) := mul_le_mul_of_nonneg_left hsq (pow_nonneg hσ k)
      _ ≤ (B *ᵥ v) ⬝ᵥ (B ^ k) *ᵥ (B *ᵥ v) := le_dotProduct_pow_mulVec hB hσ h k (B *ᵥ v)

/-- The gradient of the dataset loss dominates the loss: `2 λ (l(R) - l(R₀)) ≤ ‖∇ l(R)‖²` for every
`R₀`, if `X Xᵀ ≥ λ`. -/
theorem two_mul_datasetLoss_sub_le {X : Matrix n s ℝ} (Y : Matrix m s ℝ) {c : ℝ} (hc : 0 ≤ c)
    (hX : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v) (R R₀ : Matrix m n ℝ) :
    2 * c * (datasetLoss X Y R - datasetLoss X Y R₀) ≤ sqNorm ((R * X - Y) * Xᵀ) := by
  set G := (R * X - Y) * Xᵀ with hG
  have hline := quadraticLoss_add_smul (Y * Xᵀ) ((Y * Yᵀ).trace / 2) R (R₀ - R)
    (by simp : (X * Xᵀ)ᵀ = X * Xᵀ) 1
  rw [← datasetLoss_eq_quadraticLoss, one_smul, add_sub_cancel, ← Matrix.mul_assoc,
    ← Matrix.sub_mul, ← hG] at hline
  have hbound := mul_sqNorm_le_trace hX (R₀ - R)
  have hsq := sqNorm_nonneg (G + c • (R₀ - R))
  rw [sqNorm_add_smul] at hsq
  linear_combination hsq + mul_le_mul_of_nonneg_left hbound hc - 2 * c * hline

end QuadraticForms

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ} {T : ℝ}

/-- At balanced weights with `W_1ᵀ W_1 ≥ σ` the gradient in all layers is at least `σ^{H-1}` times
the gradient in the end-to-end matrix. -/
lemma pow_mul_sqNorm_le_sum {W : Weights ι ℝ} (hW : IsBalanced W) {σ : ℝ} (hσ : 0 ≤ σ)
    (hfirst : ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ firstGram W *ᵥ v) :
    σ ^ n * sqNorm ((endToEnd W * X - Y) * Xᵀ) ≤ ∑ k, sqNorm (datasetGradient W X Y k) := by
  set G := (endToEnd W * X - Y) * Xᵀ with hG
  have hsymm : (firstGram W)ᵀ = firstGram W := by
    simp only [firstGram, Matrix.transpose_mul, Matrix.transpose_transpose]
  have hlast : sqNorm (datasetGradient W X Y (Fin.last n)) =
      (G * firstGram W ^ n * Gᵀ).trace := by
    have hgrad : lastLayer (datasetGradient W X Y) = G * (head W (Fin.last n).castSucc)ᵀ := by
      rw [lastLayer, datasetGradient, layerGradient, tail_last_succ, ← hG]
      exact congrArg (· * (head W (Fin.last n).castSucc)ᵀ)
        ((congrArg (· * G) Matrix.transpose_one).trans (Matrix.one_mul G))
    have h := sqNorm_mul_transpose G (head_transpose_mul_head hW (Fin.last n).castSucc)
    rw [← hgrad] at h
    exact h
  calc σ ^ n * sqNorm G ≤ (G * firstGram W ^ n * Gᵀ).trace :=
        mul_sqNorm_le_trace (le_dotProduct_pow_mulVec hsymm hσ hfirst n) G
    _ = sqNorm (datasetGradient W X Y (Fin.last n)) := hlast.symm
    _ ≤ ∑ k, sqNorm (datasetGradient W X Y k) :=
        Finset.single_le_sum (f := fun k => sqNorm (datasetGradient W X Y k))
          (fun k _ => sqNorm_nonneg _) (Finset.mem_univ (Fin.last n))

/-- **Convergence**: on a balanced gradient flow of the dataset loss with `X Xᵀ ≥ λ` and
`W_1ᵀ W_1 ≥ σ` throughout, the distance of the loss to the loss of any `R₀`, in particular to the
minimum, is at most `exp (- 2 λ σ^{H-1} t)` times that at the start. (For `σ > 0` this asks that no
layer be narrower than the input.) -/
theorem datasetLoss_sub_le_exp {W : ℝ → Weights ι ℝ} (hW : IsDatasetFlow W X Y T)
    (h0 : IsBalanced (W 0)) {c σ : ℝ} (hc : 0 ≤ c) (hσ : 0 ≤ σ)
    (hX : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v) {t : ℝ} (ht : t ∈ Set.Ico 0 T)
    (hfirst : ∀ x ∈ Set.Icc 0 t, ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ firstGram (W x) *ᵥ v)
    (R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) :
    datasetLoss X Y (endToEnd (W t)) - datasetLoss X Y R₀ ≤
      Real.exp (-(2 * c * σ ^ n) * t) *
        (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) := by
  have hderiv : ∀ x ∈ Set.Ico 0 T,
      HasDerivWithinAt (fun x => datasetLoss X Y (endToEnd (W x)) - datasetLoss X Y R₀)
        (-∑ k, sqNorm (datasetGradient (W x) X Y k)) (Set.Ico 0 T) x := fun x hx =>
    (hasDerivWithinAt_datasetLoss hW hx).sub_const _
  have hgronwall := le_gronwallBound_of_liminf_deriv_right_le (a := 0) (b := t)
    (f := fun x => datasetLoss X Y (endToEnd (W x)) - datasetLoss X Y R₀)
    (f' := fun x => -∑ k, sqNorm (datasetGradient (W x) X Y k))
    (δ := datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) (K := -(2 * c * σ ^ n)) (ε := 0)
    (fun x hx => ((hderiv x ⟨hx.1, hx.2.trans_lt ht.2⟩).continuousWithinAt).mono
      fun y hy => ⟨hy.1, hy.2.trans_lt ht.2⟩)
    (fun x hx r hr => HasDerivWithinAt.liminf_right_slope_le
      ((hderiv x ⟨hx.1, hx.2.trans ht.2⟩).mono_of_mem_nhdsWithin
        (Filter.mem_of_superset (Ico_mem_nhdsGE (hx.2.trans ht.2)) fun y hy =>
          ⟨hx.1.trans hy.1, hy.2⟩)) hr)
    le_rfl
    (fun x hx => by
      have hbal := isBalanced_of_isGradientFlow hW h0 (t := x) ⟨hx.1, hx.2.trans ht.2⟩
      have h1 := pow_mul_sqNorm_le_sum (X := X) (Y := Y) hbal hσ (hfirst x ⟨hx.1, hx.2.le⟩)
      have h2 := two_mul_datasetLoss_sub_le Y hc hX (endToEnd (W x)) R₀
      have h3 := mul_le_mul_of_nonneg_left h2 (pow_nonneg hσ n)
      linarith)
    t ⟨ht.1, le_rfl⟩
  rw [gronwallBound_ε0, sub_zero, mul_comm] at hgronwall
  exact hgronwall

end

/-! ### Convergence from the start alone

Arora, Cohen, Golowich and Hu 2019, for the flow: if the start is balanced and every matrix whose
loss is at most that of the start stays away from the singular ones, `Rᵀ R ≥ c²`, then the loss
tends to its minimum at an exponential rate. Nothing is supposed of what happens on the way. -/

section Falls

open scoped Matrix.Norms.Elementwise

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- Along a gradient flow the loss falls. -/
theorem datasetLoss_le_of_isDatasetFlow {T : ℝ} {W : ℝ → Weights ι ℝ} (hW : IsDatasetFlow W X Y T)
    {a b : ℝ} (ha : 0 ≤ a) (hab : a ≤ b) (hb : b < T) :
    datasetLoss X Y (endToEnd (W b)) ≤ datasetLoss X Y (endToEnd (W a)) := by
  by_contra! hlt
  set D := datasetLoss X Y (endToEnd (W b)) - datasetLoss X Y (endToEnd (W a)) with hD
  have hDpos : 0 < D := sub_pos.2 hlt
  have hlen : 0 < b - a + 1 := by linarith
  -- the curve would have moved by less than nothing
  have hδ : 0 < √(D / (2 * (b - a + 1))) := Real.sqrt_pos.2 (by positivity)
  have h := norm_sub_le_of_isDatasetFlow hW ha hab hb hδ
  have hsq : √(D / (2 * (b - a + 1))) * √(D / (2 * (b - a + 1))) = D / (2 * (b - a + 1)) :=
    Real.mul_self_sqrt (by positivity)
  generalize √(D / (2 * (b - a + 1))) = δ at *
  have h0 : 0 ≤ δ * (b - a) / 2 + -D / (2 * δ) := by
    refine (norm_nonneg _).trans (h.trans_eq ?_)
    rw [hD]
    ring
  have h1 : 0 ≤ δ * δ * (b - a) - D := by
    have h2 := mul_nonneg (mul_pos two_pos hδ).le h0
    have h3 : 2 * δ * (δ * (b - a) / 2 + -D / (2 * δ)) = δ * δ * (b - a) - D := by
      field_simp
      ring
    rwa [h3] at h2
  rw [hsq, div_mul_eq_mul_div, sub_nonneg, le_div_iff₀ (by positivity)] at h1
  nlinarith

end Falls

/-- A positive semidefinite matrix whose power is at least `c ^ 2` is at least its root. -/
theorem rpow_le_of_le_pow {n : Type*} [Fintype n] [DecidableEq n] {B : Matrix n n ℝ}
    (hB : B.PosSemidef) {N : ℕ} (hN : N ≠ 0) {c : ℝ} (hc : 0 ≤ c)
    (h : ∀ v, c ^ 2 * (v ⬝ᵥ v) ≤ v ⬝ᵥ (B ^ N) *ᵥ v) (v : n → ℝ) :
    c ^ (2 / N : ℝ) * (v ⬝ᵥ v) ≤ v ⬝ᵥ B *ᵥ v := by
  have hNR : (N : ℝ) ≠ 0 := by exact_mod_cast hN
  obtain ⟨a, ha⟩ : ∃ a, a = c ^ (2 / N : ℝ) := ⟨_, rfl⟩
  have ha0 : 0 ≤ a := ha ▸ Real.rpow_nonneg hc _
  have haN : a ^ N = c ^ 2 := by
    rw [ha, ← Real.rpow_natCast, ← Real.rpow_mul hc, div_mul_cancel₀ _ hNR]
    exact_mod_cast Real.rpow_natCast c 2
  have hherm : (B - a • (1 : Matrix n n ℝ)).IsHermitian := by
    refine hB.isHermitian.sub ?_
    rw [Matrix.IsHermitian, Matrix.conjTranspose_smul, Matrix.conjTranspose_one, star_trivial]
  have hpsd : (B - a • (1 : Matrix n n ℝ)).PosSemidef := by
    refine hherm.posSemidef_iff_eigenvalues_nonneg.2 fun i => ?_
    obtain ⟨u, hu⟩ : ∃ u : n → ℝ, u = ⇑(hherm.eigenvectorBasis i) := ⟨_, rfl⟩
    obtain ⟨m, hm⟩ : ∃ m, m = hherm.eigenvalues i := ⟨_, rfl⟩
    have heig : (B - a • (1 : Matrix n n ℝ)) *ᵥ u = m • u := by
      rw [hu, hm]
      exact hherm.mulVec_eigenvectorBasis i
    have hu1 : 0 < u ⬝ᵥ u := by
      have hne : u ≠ 0 := by
        intro h0
        have h1 := hherm.eigenvectorBasis.orthonormal.ne_zero i
        refine h1 (PiLp.ext fun j => ?_)
        have h2 := congrFun h0 j
        rw [hu] at h2
        exact h2
      exact (Finset.sum_nonneg fun i _ => mul_self_nonneg (u i)).lt_of_ne
        fun h0 => hne (dotProduct_self_eq_zero.1 h0.symm)
    have hBu : B *ᵥ u = (m + a) • u := by
      rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec] at heig
      rw [add_smul, ← heig, sub_add_cancel]
    have hpow : ∀ k : ℕ, (B ^ k) *ᵥ u = (m + a) ^ k • u := by
      intro k
      induction k with
      | zero => simp
      | succ k ih =>
        rw [pow_succ, ← Matrix.mulVec_mulVec, hBu, Matrix.mulVec_smul, ih, smul_smul, pow_succ,
          mul_comm]
    have hpos : 0 ≤ m + a := by
      have h1 : 0 ≤ u ⬝ᵥ B *ᵥ u := by simpa using hB.dotProduct_mulVec_nonneg u
      rw [hBu, dotProduct_smul, smul_eq_mul] at h1
      exact nonneg_of_mul_nonneg_left h1 hu1
    have h1 := h u
    rw [hpow, dotProduct_smul, smul_eq_mul, ← haN] at h1
    have h2 : a ^ N ≤ (m + a) ^ N := le_of_mul_le_mul_right h1 hu1
    have h3 : a ≤ m + a := le_of_pow_le_pow_left₀ hN hpos h2
    rw [← hm]
    change (0 : ℝ) ≤ m
    linarith
  have h1 : 0 ≤ v ⬝ᵥ (B - a • (1 : Matrix n n ℝ)) *ᵥ v := by
    simpa using hpsd.dotProduct_mulVec_nonneg v
  rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub, dotProduct_smul,
    smul_eq_mul] at h1
  rw [← ha]
  linarith

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ}

omit [∀ k, DecidableEq (ι k)] in
/-- `W_1ᵀ W_1` is positive semidefinite. -/
lemma posSemidef_firstGram (W : Weights ι ℝ) : (firstGram W).PosSemidef := by
  rw [firstGram, ← Matrix.conjTranspose_eq_transpose_of_trivial]
  exact Matrix.posSemidef_conjTranspose_mul_self (firstLayer W)

/-- **Convergence from the start alone** (Arora, Cohen, Golowich and Hu, for the flow): a balanced
start, `X Xᵀ ≥ λ`, and `Rᵀ R ≥ c²` for every `R` whose loss is at most that of the start. Then the
distance of the loss to that of any `R₀`, in particular to the minimum, is at most
`exp (- 2 λ c^(2 - 2/H) t)` times that at the start. -/
theorem datasetLoss_sub_le_exp_of_sublevel {W : ℝ → Weights ι ℝ} (hW : ∀ T, IsDatasetFlow W X Y T)
    (h0 : IsBalanced (W 0)) {lam c : ℝ} (hlam : 0 ≤ lam) (hc : 0 ≤ c)
    (hX : ∀ v, lam * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v)
    (hsub : ∀ R, datasetLoss X Y R ≤ datasetLoss X Y (endToEnd (W 0)) →
      ∀ v, c ^ 2 * (v ⬝ᵥ v) ≤ (R *ᵥ v) ⬝ᵥ (R *ᵥ v))
    {t : ℝ} (ht : 0 ≤ t) (R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) :
    datasetLoss X Y (endToEnd (W t)) - datasetLoss X Y R₀ ≤
      Real.exp (-(2 * lam * c ^ (2 - 2 / (n + 1 : ℝ))) * t) *
        (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) := by
  have hn : ((n + 1 : ℕ) : ℝ) = (n : ℝ) + 1 := by push_cast; ring
  have hfirst : ∀ x ∈ Set.Icc 0 t, ∀ v, c ^ (2 / ((n + 1 : ℕ) : ℝ)) * (v ⬝ᵥ v) ≤
      v ⬝ᵥ firstGram (W x) *ᵥ v := by
    intro x hx
    have hbal := isBalanced_of_isGradientFlow (hW (x + 1)) h0 (t := x) ⟨hx.1, by linarith⟩
    have hloss := datasetLoss_le_of_isDatasetFlow (hW (x + 1)) le_rfl hx.1 (by linarith)
    refine rpow_le_of_le_pow (posSemidef_firstGram (W x)) n.succ_ne_zero hc fun v => ?_
    refine (hsub _ hloss v).trans_eq ?_
    rw [← endToEnd_transpose_mul_endToEnd hbal, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec v,
      ← Matrix.mulVec_transpose, Matrix.transpose_transpose]
  have hmain := datasetLoss_sub_le_exp (hW (t + 1)) h0 hlam
    (Real.rpow_nonneg hc (2 / ((n + 1 : ℕ) : ℝ))) hX (t := t) ⟨ht, by linarith⟩ hfirst R₀
  have hpow : (c ^ (2 / ((n + 1 : ℕ) : ℝ))) ^ n = c ^ (2 - 2 / (n + 1 : ℝ)) := by
    rw [← Real.rpow_natCast, ← Real.rpow_mul hc, hn]
    congr 1
    field_simp
    ring
  rw [hpow] at hmain
  exact hmain

open scoped Matrix.Norms.Elementwise in
/-- **The weights converge, to a global minimum**, from a balanced start whose sublevel set stays
away from the singular matrices. -/
theorem exists_tendsto_isMinOn_of_sublevel {W : ℝ → Weights ι ℝ}
    (hW : ∀ T, IsDatasetFlow W X Y T) (h0 : IsBalanced (W 0)) {lam c : ℝ} (hlam : 0 < lam)
    (hc : 0 < c) (hX : ∀ v, lam * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v)
    (hsub : ∀ R, datasetLoss X Y R ≤ datasetLoss X Y (endToEnd (W 0)) →
      ∀ v, c ^ 2 * (v ⬝ᵥ v) ≤ (R *ᵥ v) ⬝ᵥ (R *ᵥ v)) :
    ∃ W₁ : Weights ι ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
      IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W₁ := by
  obtain ⟨V, hV, -⟩ := exists_isMinOn_deep_eq_shallow ι (by omega) X Y
  obtain ⟨L, hL⟩ : ∃ L : Weights ι ℝ → ℝ, L = fun W => datasetLoss X Y (endToEnd W) := ⟨_, rfl⟩
  have hLW : ∀ U, L U = datasetLoss X Y (endToEnd U) := fun U => by rw [hL]
  have hmin : ∀ U, L V ≤ L U := fun U => by
    rw [hL]
    exact hV (Set.mem_univ U)
  obtain ⟨κ, hκ⟩ : ∃ κ, κ = 2 * lam * c ^ (2 - 2 / (n + 1 : ℝ)) := ⟨_, rfl⟩
  have hκ0 : 0 < κ := hκ ▸ mul_pos (mul_pos two_pos hlam) (Real.rpow_pos_of_pos hc _)
  obtain ⟨G, hG⟩ : ∃ G, G = L (W 0) - L V := ⟨_, rfl⟩
  have hG0 : 0 ≤ G := hG ▸ sub_nonneg.2 (hmin _)
  have hrate : ∀ t, 0 ≤ t → L (W t) - L V ≤ Real.exp (-κ * t) * G := fun t ht => by
    rw [hG, hκ, hLW, hLW, hLW]
    exact datasetLoss_sub_le_exp_of_sublevel hW h0 hlam.le hc.le hX hsub ht _
  obtain ⟨q, hq⟩ : ∃ q, q = Real.exp (-κ / 2) := ⟨_, rfl⟩
  have hq0 : 0 < q := hq ▸ Real.exp_pos _
  have hq1 : q < 1 := hq ▸ (by rw [← Real.exp_zero]; exact Real.exp_lt_exp.2 (by linarith))
  have hgap : ∀ k : ℕ, L (W k) - L V ≤ G * (q ^ k * q ^ k) := fun k => by
    refine (hrate k k.cast_nonneg).trans_eq ?_
    have h1 : Real.exp (-κ * k) = q ^ k * q ^ k := by
      rw [← pow_add, hq, ← Real.exp_nat_mul]
      congr 1
      push_cast
      ring
    rw [h1, mul_comm]
  -- within a unit of time the weights move by no more than a geometric sequence
  have hmove : ∀ (k : ℕ) (b : ℝ), (k : ℝ) ≤ b → b ≤ k + 1 →
      ‖W b - W k‖ ≤ (1 + G) / 2 * q ^ k := by
    intro k b hkb hbk
    have hqk : 0 < q ^ k := pow_pos hq0 k
    have h1 := norm_sub_le_of_isDatasetFlow (hW (b + 1)) k.cast_nonneg hkb (by linarith) hqk
    rw [← hLW, ← hLW] at h1
    have h2 : L (W k) - L (W b) ≤ G * (q ^ k * q ^ k) := by linarith [hgap k, hmin (W b)]
    have h3 : (L (W k) - L (W b)) / (2 * q ^ k) ≤ G * q ^ k / 2 := by
      rw [div_le_div_iff₀ (by positivity) two_pos]
      linarith
    have h4 : q ^ k * (b - k) ≤ q ^ k := mul_le_of_le_one_right hqk.le (by linarith)
    linarith
  obtain ⟨W₁, htend⟩ := exists_tendsto_of_norm_sub_le_geometric hq0.le hq1 hmove
  refine ⟨W₁, htend, fun U _ => ?_⟩
  have hcont : Continuous L := by
    rw [hL]
    exact continuous_datasetLoss_endToEnd X Y
  have hlim : Filter.Tendsto (fun t => L (W t)) Filter.atTop (𝓝 (L W₁)) :=
    (hcont.tendsto W₁).comp htend
  have hexp : Filter.Tendsto (fun t : ℝ => L V + Real.exp (-κ * t) * G) Filter.atTop
      (𝓝 (L V)) := by
    have h1 : Filter.Tendsto (fun t : ℝ => -κ * t) Filter.atTop Filter.atBot :=
      Filter.tendsto_id.const_mul_atTop_of_neg (by linarith)
    have h2 := ((Real.tendsto_exp_atBot.comp h1).mul_const G).const_add (L V)
    simpa using h2
  have hle : L W₁ ≤ L V := by
    refine le_of_tendsto_of_tendsto hlim hexp ?_
    filter_upwards [Filter.eventually_ge_atTop (0 : ℝ)] with t ht
    linarith [hrate t ht]
  change datasetLoss X Y (endToEnd W₁) ≤ datasetLoss X Y (endToEnd U)
  rw [← hLW, ← hLW]
  exact hle.trans (hmin U)

/-- On whitened data the loss is the distance to `Y Xᵀ`, up to a constant. -/
lemma datasetLoss_le_iff_of_whitened {a b : Type*} [Fintype a] [Fintype b] [DecidableEq b]
    {X : Matrix b s ℝ} (hX : X * Xᵀ = 1) (Y : Matrix a s ℝ) (A B : Matrix a b ℝ) :
    datasetLoss X Y A ≤ datasetLoss X Y B ↔ sqNorm (A - Y * Xᵀ) ≤ sqNorm (B - Y * Xᵀ) := by
  have h : ∀ C : Matrix a b ℝ, 2 * datasetLoss X Y C =
      sqNorm (C - Y * Xᵀ) + (sqNorm Y - sqNorm (Y * Xᵀ)) := fun C => by
    have h1 : (C * Cᵀ).trace = sqNorm C := rfl
    have h2 : sqNorm (C - Y * Xᵀ) = sqNorm C + -1 * (2 * (C * (Y * Xᵀ)ᵀ).trace) +
        sqNorm (Y * Xᵀ) := by
      have h3 := sqNorm_add_smul C (Y * Xᵀ) (-1)
      rw [neg_one_smul, ← sub_eq_add_neg] at h3
      rw [h3]
      ring
    rw [datasetLoss_eq_quadraticLoss, quadraticLoss, hX, Matrix.mul_one, h1, h2,
      show (Y * Yᵀ).trace = sqNorm Y from rfl]
    ring
  rw [← mul_le_mul_iff_right₀ (two_pos : (0 : ℝ) < 2), h, h]
  exact add_le_add_iff_right _

/-- What is nearer to `Φ` than `s - c` does not shrink a vector to less than `c` of its length, if
`Φ` does not to less than `s`. -/
lemma sq_mul_le_of_sqNorm_sub_le {a b : Type*} [Fintype a] [Fintype b] {Φ R : Matrix a b ℝ}
    {s c : ℝ} (hc : 0 ≤ c) (hcs : c ≤ s) (hΦ : ∀ v, s ^ 2 * (v ⬝ᵥ v) ≤ (Φ *ᵥ v) ⬝ᵥ (Φ *ᵥ v))
    (hR : sqNorm (R - Φ) ≤ (s - c) ^ 2) (v : b → ℝ) :
    c ^ 2 * (v ⬝ᵥ v) ≤ (R *ᵥ v) ⬝ᵥ (R *ᵥ v) := by
  have hcol : ∀ u : b → ℝ, frobeniusNorm (Matrix.replicateCol Unit u) ^ 2 = u ⬝ᵥ u := fun u => by
    rw [frobeniusNorm_sq, sqNorm, trace_mul_transpose_self]
    simp [dotProduct, sq]
  have hcol' : ∀ u : a → ℝ, frobeniusNorm (Matrix.replicateCol Unit u) ^ 2 = u ⬝ᵥ u := fun u => by
    rw [frobeniusNorm_sq, sqNorm, trace_mul_transpose_self]
    simp [dotProduct, sq]
  have hmul : ∀ A : Matrix a b ℝ, A * Matrix.replicateCol Unit v =
      Matrix.replicateCol Unit (A *ᵥ v) := fun A => (Matrix.replicateCol_mulVec A v).symm
  obtain ⟨x, hx⟩ : ∃ x, x = frobeniusNorm (Matrix.replicateCol Unit v) := ⟨_, rfl⟩
  have hx0 : 0 ≤ x := hx ▸ frobeniusNorm_nonneg _
  have h1 : s * x ≤ frobeniusNorm (Matrix.replicateCol Unit (Φ *ᵥ v)) := by
    refine abs_le_of_sq_le_sq' ?_ (frobeniusNorm_nonneg _) |>.2
    rw [mul_pow, hcol', hx, hcol]
    exact hΦ v
  have h2 : frobeniusNorm (R - Φ) ≤ s - c := by
    refine abs_le_of_sq_le_sq' ?_ (sub_nonneg.2 hcs) |>.2
    rwa [frobeniusNorm_sq]
  have h3 : frobeniusNorm (Matrix.replicateCol Unit (Φ *ᵥ v)) ≤
      frobeniusNorm (Matrix.replicateCol Unit (R *ᵥ v)) + (s - c) * x := by
    have hsplit : Matrix.replicateCol Unit (Φ *ᵥ v) =
        Matrix.replicateCol Unit (R *ᵥ v) - (R - Φ) * Matrix.replicateCol Unit v := by
      rw [Matrix.sub_mul, hmul, hmul]
      abel
    rw [hsplit, hx]
    refine (frobeniusNorm_sub_le _ _).trans (add_le_add le_rfl ?_)
    exact (frobeniusNorm_mul_le _ _).trans
      (mul_le_mul_of_nonneg_right h2 (frobeniusNorm_nonneg _))
  have h4 : c * x ≤ frobeniusNorm (Matrix.replicateCol Unit (R *ᵥ v)) := by linarith
  rw [← hcol, ← hcol', ← hx, ← mul_pow]
  exact pow_le_pow_left₀ (mul_nonneg hc hx0) h4 2

open scoped Matrix.Norms.Elementwise in
/-- **The deficiency margin** (Arora, Cohen, Golowich and Hu, for the flow): on whitened data, from
a balanced start whose end-to-end matrix is nearer to `Φ = Y Xᵀ` than the least singular value of
`Φ`, the weights converge to a global minimum. -/
theorem exists_tendsto_isMinOn_of_margin {W : ℝ → Weights ι ℝ}
    (hW : ∀ T, IsDatasetFlow W X Y T) (h0 : IsBalanced (W 0)) (hX : X * Xᵀ = 1) {σ c : ℝ}
    (hc : 0 < c) (hcσ : c ≤ σ)
    (hΦ : ∀ v, σ ^ 2 * (v ⬝ᵥ v) ≤ ((Y * Xᵀ) *ᵥ v) ⬝ᵥ ((Y * Xᵀ) *ᵥ v))
    (hmargin : sqNorm (endToEnd (W 0) - Y * Xᵀ) ≤ (σ - c) ^ 2) :
    ∃ W₁ : Weights ι ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
      IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W₁ := by
  refine exists_tendsto_isMinOn_of_sublevel hW h0 one_pos hc (fun v => ?_) fun R hR => ?_
  · rw [hX, Matrix.one_mulVec, one_mul]
  · exact sq_mul_le_of_sqNorm_sub_le hc.le hcσ hΦ
      (((datasetLoss_le_iff_of_whitened hX Y _ _).1 hR).trans hmargin)

end DeepLinear
