/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Basic
public import Mathlib.Analysis.SpecialFunctions.ExpDeriv
public import Mathlib.Analysis.SpecialFunctions.Log.Basic
public import Mathlib.Analysis.SpecialFunctions.Sqrt
public import Mathlib.Analysis.Calculus.Deriv.Inv

/-!
# Decoupled modes

Saxe, McClelland and Ganguli 2014, for any depth: on whitened data, from weights that are aligned
with the singular frames of `Y Xᵀ`, every mode follows a scalar equation of its own,
`a' = a ^ (H - 1) (σ - a ^ H)`. With two layers its strength `a ^ 2` has a closed form, a sigmoid.

## Main statements

* `DeepLinear.isDatasetFlow_alignedWeights`: the modes decouple.
* `DeepLinear.hasDerivAt_sqrt_saxeMode`: the closed form for two layers.
* `DeepLinear.tendsto_saxeMode`, `DeepLinear.saxeMode_halfTime`: its limit, and when half of it is
  learned.
* `DeepLinear.strictAntiOn_saxeHalfTime`: stronger modes are learned earlier, from five times the
  start on; `DeepLinear.saxeHalfTime_two_lt_three`: not from the start on.

## References

* A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep
  linear neural networks*, ICLR 2014.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {ρ s : Type*} [Fintype ρ] [DecidableEq ρ] [Fintype s]

/-- Aligned weights: every layer carries the modes `a` between the frames `Q`. -/
def alignedWeights (Q : ∀ k, Matrix (ι k) ρ ℝ) (a : ρ → ℝ) : Weights ι ℝ :=
  fun k => Q k.succ * Matrix.diagonal a * (Q k.castSucc)ᵀ

variable {Q : ∀ k, Matrix (ι k) ρ ℝ} {a : ρ → ℝ}

omit [∀ k, DecidableEq (ι k)] in
lemma alignedWeights_mul (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin H) :
    alignedWeights Q a k * Q k.castSucc = Q k.succ * Matrix.diagonal a := by
  rw [alignedWeights, Matrix.mul_assoc, hQ, Matrix.mul_one]

omit [∀ k, DecidableEq (ι k)] in
lemma transpose_mul_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin H) :
    (Q k.succ)ᵀ * alignedWeights Q a k = Matrix.diagonal a * (Q k.castSucc)ᵀ := by
  rw [alignedWeights, ← Matrix.mul_assoc, ← Matrix.mul_assoc, hQ, Matrix.one_mul]

lemma head_alignedWeights_mul (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    head (alignedWeights Q a) k * Q 0 = Q k * Matrix.diagonal (a ^ (k : ℕ)) := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, Matrix.mul_assoc, ih, ← Matrix.mul_assoc, alignedWeights_mul hQ,
      Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, Fin.val_succ, Fin.val_castSucc, pow_succ']
    rfl

lemma transpose_mul_head_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    (Q k)ᵀ * head (alignedWeights Q a) k = Matrix.diagonal (a ^ (k : ℕ)) * (Q 0)ᵀ := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, ← Matrix.mul_assoc, transpose_mul_alignedWeights hQ, Matrix.mul_assoc, ih,
      ← Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, Fin.val_succ, Fin.val_castSucc, pow_succ']
    rfl

lemma tail_alignedWeights_mul (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    tail (alignedWeights Q a) k * Q k = Q (Fin.last H) * Matrix.diagonal (a ^ (H - (k : ℕ))) := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, Matrix.mul_assoc, alignedWeights_mul hQ, ← Matrix.mul_assoc, ih,
      Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, hexp, pow_succ]
    rfl

lemma transpose_mul_tail_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    (Q (Fin.last H))ᵀ * tail (alignedWeights Q a) k =
      Matrix.diagonal (a ^ (H - (k : ℕ))) * (Q k)ᵀ := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, ← Matrix.mul_assoc, ih, Matrix.mul_assoc, transpose_mul_alignedWeights hQ,
      ← Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, hexp, pow_succ]
    rfl

/-- The end-to-end matrix, if there is a layer. -/
lemma endToEnd_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin H) :
    endToEnd (alignedWeights Q a) = Q (Fin.last H) * Matrix.diagonal (a ^ H) * (Q 0)ᵀ := by
  have hexp : H - (k.succ : ℕ) + 1 + (k.castSucc : ℕ) = H := by
    simp only [Fin.val_castSucc, Fin.val_succ]
    omega
  have e1 := tail_alignedWeights_mul (a := a) hQ k.succ
  have e2 := transpose_mul_head_alignedWeights (a := a) hQ k.castSucc
  rw [endToEnd_eq_tail_mul_head _ k]
  calc tail (alignedWeights Q a) k.succ * alignedWeights Q a k *
        head (alignedWeights Q a) k.castSucc
      = (tail (alignedWeights Q a) k.succ * Q k.succ) * Matrix.diagonal a *
          ((Q k.castSucc)ᵀ * head (alignedWeights Q a) k.castSucc) := by
        rw [alignedWeights]
        simp only [Matrix.mul_assoc]
    _ = Q (Fin.last H) * (Matrix.diagonal (a ^ (H - (k.succ : ℕ))) * Matrix.diagonal a *
          Matrix.diagonal (a ^ (k.castSucc : ℕ))) * (Q 0)ᵀ := by
        rw [e1, e2]
        simp only [Matrix.mul_assoc]
    _ = Q (Fin.last H) * Matrix.diagonal (a ^ H) * (Q 0)ᵀ := by
        rw [Matrix.diagonal_mul_diagonal, Matrix.diagonal_mul_diagonal]
        congr 3
        funext i
        have h : a i ^ (H - (k.succ : ℕ)) * a i * a i ^ (k.castSucc : ℕ) = a i ^ H := by
          rw [← pow_succ, ← pow_add, hexp]
        simpa using h

/-- The gradient of the dataset loss at aligned weights, on whitened data. -/
lemma datasetGradient_alignedWeights {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}
    (hQ : ∀ k, (Q k)ᵀ * Q k = 1) {σ : ρ → ℝ} (hX : X * Xᵀ = 1)
    (hY : Y * Xᵀ = Q (Fin.last H) * Matrix.diagonal σ * (Q 0)ᵀ) (k : Fin H) :
    datasetGradient (alignedWeights Q a) X Y k =
      Q k.succ * Matrix.diagonal (fun i => a i ^ (H - 1) * (a i ^ H - σ i)) *
        (Q k.castSucc)ᵀ := by
  have hexp : H - (k.succ : ℕ) + (k.castSucc : ℕ) = H - 1 := by
    simp only [Fin.val_castSucc, Fin.val_succ]
    omega
  have hG : (endToEnd (alignedWeights Q a) * X - Y) * Xᵀ =
      Q (Fin.last H) * Matrix.diagonal (fun i => a i ^ H - σ i) * (Q 0)ᵀ := by
    rw [Matrix.sub_mul, Matrix.mul_assoc, hX, Matrix.mul_one, hY, endToEnd_alignedWeights hQ k,
      ← Matrix.sub_mul, ← Matrix.mul_sub, Matrix.diagonal_sub]
    rfl
  have e1 : (tail (alignedWeights Q a) k.succ)ᵀ * Q (Fin.last H) =
      Q k.succ * Matrix.diagonal (a ^ (H - (k.succ : ℕ))) := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_transpose,
      transpose_mul_tail_alignedWeights hQ, Matrix.transpose_mul, Matrix.diagonal_transpose]
  have e2 : (Q 0)ᵀ * (head (alignedWeights Q a) k.castSucc)ᵀ =
      Matrix.diagonal (a ^ (k.castSucc : ℕ)) * (Q k.castSucc)ᵀ := by
    rw [← Matrix.transpose_mul, head_alignedWeights_mul hQ, Matrix.transpose_mul,
      Matrix.diagonal_transpose]
  rw [datasetGradient, layerGradient, hG]
  calc (tail (alignedWeights Q a) k.succ)ᵀ *
        (Q (Fin.last H) * Matrix.diagonal (fun i => a i ^ H - σ i) * (Q 0)ᵀ) *
        (head (alignedWeights Q a) k.castSucc)ᵀ
      = ((tail (alignedWeights Q a) k.succ)ᵀ * Q (Fin.last H)) *
          Matrix.diagonal (fun i => a i ^ H - σ i) *
          ((Q 0)ᵀ * (head (alignedWeights Q a) k.castSucc)ᵀ) := by
        simp only [Matrix.mul_assoc]
    _ = Q k.succ * (Matrix.diagonal (a ^ (H - (k.succ : ℕ))) *
          Matrix.diagonal (fun i => a i ^ H - σ i) *
          Matrix.diagonal (a ^ (k.castSucc : ℕ))) * (Q k.castSucc)ᵀ := by
        rw [e1, e2]
        simp only [Matrix.mul_assoc]
    _ = _ := by
        rw [Matrix.diagonal_mul_diagonal, Matrix.diagonal_mul_diagonal]
        congr 3
        funext i
        have h : a i ^ (H - (k.succ : ℕ)) * (a i ^ H - σ i) * a i ^ (k.castSucc : ℕ) =
            a i ^ (H - 1) * (a i ^ H - σ i) := by
          rw [← hexp, pow_add]
          ring
        simpa using h

/-- **Decoupled dynamics** (Saxe, McClelland, Ganguli), for any depth: on whitened data, from
aligned weights, every mode follows the scalar equation `a' = a ^ (H - 1) (σ - a ^ H)`. -/
theorem isDatasetFlow_alignedWeights {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}
    (hQ : ∀ k, (Q k)ᵀ * Q k = 1) {σ : ρ → ℝ} (hX : X * Xᵀ = 1)
    (hY : Y * Xᵀ = Q (Fin.last H) * Matrix.diagonal σ * (Q 0)ᵀ) {T : ℝ} {a : ℝ → ρ → ℝ}
    (ha : ∀ t ∈ Set.Ico 0 T, ∀ i,
      HasDerivWithinAt (fun t => a t i) (a t i ^ (H - 1) * (σ i - a t i ^ H)) (Set.Ico 0 T) t) :
    IsDatasetFlow (fun t => alignedWeights Q (a t)) X Y T := by
  intro t ht k i j
  have hentry : ∀ b : ρ → ℝ, (Q k.succ * Matrix.diagonal b * (Q k.castSucc)ᵀ) i j =
      ∑ r, Q k.succ i r * b r * Q k.castSucc j r := fun b => by
    rw [Matrix.mul_apply]
    exact Finset.sum_congr rfl fun r _ => by rw [Matrix.mul_diagonal, Matrix.transpose_apply]
  have hgrad : layerGradient (alignedWeights Q (a t))
      ((endToEnd (alignedWeights Q (a t)) * X - Y) * Xᵀ) k = _ :=
    datasetGradient_alignedWeights hQ hX hY k
  have h := HasDerivWithinAt.fun_sum (u := Finset.univ) fun r _ =>
    ((ha t ht r).const_mul (Q k.succ i r)).mul_const (Q k.castSucc j r)
  rw [hgrad, hentry]
  simp only [alignedWeights, hentry]
  refine h.congr_deriv ?_
  rw [← Finset.sum_neg_distrib]
  exact Finset.sum_congr rfl fun r _ => by ring

/-- The strength of a mode of two layers: the closed form. -/
noncomputable def saxeMode (σ s₀ t : ℝ) : ℝ :=
  σ * Real.exp (2 * σ * t) / (Real.exp (2 * σ * t) - 1 + σ / s₀)

/-- **Saxe, McClelland and Ganguli**: the closed form `σ e / (e - 1 + σ / s₀)`, `e = exp (2 σ t)`,
solves the equation of a mode of two layers; its root is the mode of each layer. -/
theorem hasDerivAt_sqrt_saxeMode {σ s₀ : ℝ} (hσ : 0 < σ) (hs : 0 < s₀) {t : ℝ} (ht : 0 ≤ t) :
    HasDerivAt (fun t => √(saxeMode σ s₀ t))
      (√(saxeMode σ s₀ t) ^ (2 - 1) * (σ - √(saxeMode σ s₀ t) ^ 2)) t := by
  have hE : HasDerivAt (fun t => Real.exp (2 * σ * t)) (Real.exp (2 * σ * t) * (2 * σ)) t := by
    have h := ((hasDerivAt_id' t).const_mul (2 * σ)).exp
    simpa using h
  have hE1 : 1 ≤ Real.exp (2 * σ * t) := Real.one_le_exp (by positivity)
  have hden : 0 < Real.exp (2 * σ * t) - 1 + σ / s₀ := by
    have : 0 < σ / s₀ := div_pos hσ hs
    linarith
  have hpos : 0 < saxeMode σ s₀ t := by
    rw [saxeMode]
    positivity
  have hS : HasDerivAt (saxeMode σ s₀) (2 * saxeMode σ s₀ t * (σ - saxeMode σ s₀ t)) t := by
    have h := (hE.const_mul σ).fun_div ((hE.sub_const 1).add_const (σ / s₀)) hden.ne'
    refine h.congr_deriv ?_
    rw [saxeMode]
    have hne := hden.ne'
    generalize Real.exp (2 * σ * t) = E at *
    generalize σ / s₀ = d at *
    field_simp
  have h := hS.sqrt hpos.ne'
  refine h.congr_deriv ?_
  have hsq : √(saxeMode σ s₀ t) ^ 2 = saxeMode σ s₀ t := Real.sq_sqrt hpos.le
  have hne : √(saxeMode σ s₀ t) ≠ 0 := (Real.sqrt_pos.2 hpos).ne'
  rw [hsq]
  have h2 : saxeMode σ s₀ t = √(saxeMode σ s₀ t) * √(saxeMode σ s₀ t) := by rw [← sq, hsq]
  field_simp
  rw [pow_one]
  linear_combination (σ - saxeMode σ s₀ t) * h2

/-- **The limit of a mode** of two layers is its singular value. -/
theorem tendsto_saxeMode {σ : ℝ} (hσ : 0 < σ) (s₀ : ℝ) :
    Filter.Tendsto (saxeMode σ s₀) Filter.atTop (𝓝 σ) := by
  have hform : ∀ t, saxeMode σ s₀ t = σ / (1 + (σ / s₀ - 1) * Real.exp (-(2 * σ * t))) := by
    intro t
    have hpos := Real.exp_pos (2 * σ * t)
    rw [saxeMode, Real.exp_neg]
    generalize Real.exp (2 * σ * t) = E at *
    generalize σ / s₀ = d at *
    have h : 1 + (d - 1) * E⁻¹ = (E - 1 + d) / E := by
      field_simp
      ring
    rw [h, div_div_eq_mul_div]
  have hexp : Filter.Tendsto (fun t : ℝ => Real.exp (-(2 * σ * t))) Filter.atTop (𝓝 0) := by
    refine Real.tendsto_exp_atBot.comp ?_
    have h := Filter.tendsto_id.const_mul_atTop (show (0 : ℝ) < 2 * σ by positivity)
    exact Filter.tendsto_neg_atTop_atBot.comp h
  have h := (hexp.const_mul (σ / s₀ - 1)).const_add 1
  rw [mul_zero, add_zero] at h
  have h2 := (tendsto_const_nhds (x := σ)).div h one_ne_zero
  rw [div_one] at h2
  exact h2.congr fun t => (hform t).symm

/-- The time at which a mode of two layers has half of its strength, from `s₀ < σ`. -/
noncomputable def saxeHalfTime (σ s₀ : ℝ) : ℝ :=
  Real.log (σ / s₀ - 1) / (2 * σ)

/-- Half of a mode of two layers is learned at the half time. -/
theorem saxeMode_halfTime {σ s₀ : ℝ} (hs : 0 < s₀) (h : s₀ < σ) :
    saxeMode σ s₀ (saxeHalfTime σ s₀) = σ / 2 := by
  have hσ : 0 < σ := hs.trans h
  have hd : 0 < σ / s₀ - 1 := by
    rw [sub_pos, lt_div_iff₀ hs, one_mul]
    exact h
  have ht : 2 * σ * saxeHalfTime σ s₀ = Real.log (σ / s₀ - 1) := by
    rw [saxeHalfTime, mul_div_cancel₀ _ (by positivity)]
  rw [saxeMode, ht, Real.exp_log hd]
  generalize σ / s₀ = d at *
  rw [div_eq_div_iff (by linarith) two_ne_zero]
  ring

lemma five_eighths_lt_log_two : (5 : ℝ) / 8 < Real.log 2 := by
  have h1 : Real.log ((1189 / 1000 : ℝ) ^ 4) ≤ Real.log 2 :=
    Real.log_le_log (by norm_num) (by norm_num)
  have h2 := Real.one_sub_inv_le_log_of_pos (by norm_num : (0 : ℝ) < 1189 / 1000)
  rw [Real.log_pow] at h1
  norm_num at h1 h2
  linarith

/-- **Stronger modes are learned earlier**: the half time falls with the singular value, where it is
at least five times the strength at the start. -/
theorem strictAntiOn_saxeHalfTime {s₀ : ℝ} (hs : 0 < s₀) :
    StrictAntiOn (fun σ => saxeHalfTime σ s₀) (Set.Ici (5 * s₀)) := by
  intro x hx y hy hxy
  obtain ⟨a, ha⟩ : ∃ a, a = x / s₀ - 1 := ⟨_, rfl⟩
  obtain ⟨b, hb⟩ : ∃ b, b = y / s₀ - 1 := ⟨_, rfl⟩
  have hxa : x = (a + 1) * s₀ := by rw [ha]; field_simp; ring
  have hyb : y = (b + 1) * s₀ := by rw [hb]; field_simp; ring
  have ha4 : 4 ≤ a := by
    have h : 5 * s₀ ≤ (a + 1) * s₀ := hxa ▸ hx
    linarith [le_of_mul_le_mul_right h hs]
  have hab : a < b := by
    have h : (a + 1) * s₀ < (b + 1) * s₀ := by rw [← hxa, ← hyb]; exact hxy
    linarith [lt_of_mul_lt_mul_right h hs.le]
  have ha0 : 0 < a := by linarith
  have hb0 : 0 < b := by linarith
  have hquot : Real.log b - Real.log a ≤ (b - a) / a := by
    rw [← Real.log_div hb0.ne' ha0.ne']
    refine (Real.log_le_sub_one_of_pos (by positivity)).trans_eq ?_
    field_simp
  have hmain : (a + 1) * Real.log b < (b + 1) * Real.log a := by
    have h1 : (a + 1) * (Real.log b - Real.log a) ≤ (a + 1) * ((b - a) / a) :=
      mul_le_mul_of_nonneg_left hquot (by linarith)
    have h2 : (a + 1) * ((b - a) / a) ≤ 5 / 4 * (b - a) := by
      rw [mul_div_assoc', div_le_iff₀ ha0]
      linarith [mul_nonneg (sub_nonneg.2 hab.le) (sub_nonneg.2 ha4)]
    have h5 : (5 : ℝ) / 4 < Real.log a := by
      have h1 : Real.log 4 ≤ Real.log a := Real.log_le_log (by norm_num) ha4
      have h2 : Real.log 4 = 2 * Real.log 2 := by
        rw [show (4 : ℝ) = 2 ^ 2 by norm_num, Real.log_pow]
        norm_num
      linarith [five_eighths_lt_log_two]
    have h6 : (b - a) * (5 / 4) < (b - a) * Real.log a :=
      mul_lt_mul_of_pos_left h5 (by linarith)
    linarith
  change saxeHalfTime y s₀ < saxeHalfTime x s₀
  rw [saxeHalfTime, saxeHalfTime, ← ha, ← hb, hxa, hyb,
    div_lt_div_iff₀ (by positivity) (by positivity)]
  linarith [mul_lt_mul_of_pos_right hmain hs]

/-- Near the start it is the other way round: from `s₀ = 1` the mode of strength 2 is half learned
at once, that of strength 3 is not. So the half time does not fall with the singular value
throughout. -/
theorem saxeHalfTime_two_lt_three : saxeHalfTime 2 1 < saxeHalfTime 3 1 := by
  have h2 : saxeHalfTime 2 1 = 0 := by
    rw [saxeHalfTime, show (2 : ℝ) / 1 - 1 = 1 by norm_num, Real.log_one, zero_div]
  have h3 : saxeHalfTime 3 1 = Real.log 2 / 6 := by
    rw [saxeHalfTime, show (3 : ℝ) / 1 - 1 = 2 by norm_num]
    norm_num
  rw [h2, h3]
  exact div_pos (Real.log_pos (by norm_num)) (by norm_num)

end DeepLinear
