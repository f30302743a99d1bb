/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Basic
public import DeepLinear.ForMathlib.Analysis.Matrix.Order
public import DeepLinear.InMathlib
public import DeepLinear.Landscape.Main
public import Mathlib.Analysis.ODE.Gronwall

/-!
# Convergence of a balanced gradient flow

If `X Xᵀ ≥ λ` and, along a balanced flow, `W_1ᵀ W_1 ≥ σ`, then the loss of the dataset decreases
exponentially, at the rate `2 λ σ^{H-1}`. The bound on `W_1ᵀ W_1` is needed throughout, not only at
the start: with two layers of width 1, `x = 1`, `y = -1` and `w_1 = w_2 = 1` the flow runs into the
saddle at `0`.

## Main statements

* `DeepLinear.two_mul_datasetLoss_sub_le`: the gradient dominates the loss.
* `DeepLinear.datasetLoss_sub_le_exp`: exponential convergence.
* `DeepLinear.datasetLoss_le_of_isDatasetFlow`: the loss falls.
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
    have h := sqNorm_mul_transpose_eq_trace G (head_transpose_mul_head hW (Fin.last n).castSucc)
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
