/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import DeepLinear.ForMathlib.Topology.Instances.MatrixRank
public import DeepLinear.Loss
public import DeepLinear.Network
public import Mathlib.Algebra.Polynomial.Roots
public import Mathlib.Topology.Algebra.Order.Field
public import Mathlib.Topology.Instances.Real.Lemmas
public import Mathlib.Topology.Order.LocalExtr

/-!
# Depth creates no bad local minima

Theorem 2.1 of Lu and Kawaguchi, for every convex differentiable loss `l` of the end-to-end matrix
and for any widths: weights are a local minimum of the deep problem if and only if their end-to-end
matrix is a local minimum of the shallow one, `l` on the matrices of rank at most the bottleneck
width. Case A, where the end-to-end matrix has a smaller rank, comes first.

Case B holds at every `W` and for every loss. Let `R` be the end-to-end matrix of `W`. Every `R'`
near `R` of rank at most that of `R` is `U R V` with `U` and `V` near `1`
(`Matrix.exists_continuousAt_mul_mul_eq`), so it is the end-to-end matrix of weights near `W`:
multiply the last layer by `U` and the first by `V`. Hence if `W` is a local minimum of
`l ∘ endToEnd`, then `R` is one of `l` among the matrices of rank at most that of `R`.

## Main statements

* `DeepLinear.eventually_isLocalMin_add_smul`: perturbations that keep every head.
* `DeepLinear.apply_tail_eq_zero_of_eventually`: the layers' own matrices removed.
* `DeepLinear.apply_vecMulVec_head_eq_zero`: the first-order condition that remains.
* `DeepLinear.deriv_eq_zero_of_isLocalMin_of_rank_lt`: Case A.
* `DeepLinear.nhdsWithin_le_map_endToEnd`: openness onto the matrices of no larger rank.
* `DeepLinear.isLocalMinOn_rank_le`: from local minima of the deep problem to the shallow one.
* `DeepLinear.isLocalMinOn_of_isLocalMin`: Lu and Kawaguchi, Theorem 2.1.
* `DeepLinear.isLocalMin_iff_isLocalMinOn`: the same as an equivalence.
* `DeepLinear.isMinOn_of_isLocalMin_of_noBottleneck`: Laurent and von Brecht, without a bottleneck.
* `DeepLinear.exists_endToEnd_eq`: the end-to-end map is onto the matrices of that rank.

## References

* H. Lu, K. Kawaguchi, *Depth Creates No Bad Local Minima*, arXiv:1702.08580, Theorem 2.1.
* T. Laurent, J. von Brecht, *Deep linear networks with arbitrary loss: all local minima are
  global*, ICML 2018.
-/

@[expose] public section

open Matrix Topology Polynomial

namespace DeepLinear

/-! ### Local minima whose end-to-end matrix has rank below the bottleneck width

Case A of the proof of Lu and Kawaguchi's Theorem 2.1, for every differentiable loss `l` of the
end-to-end matrix: at a local minimum `W` of `l ∘ endToEnd` whose end-to-end matrix has rank below
the least width, the derivative `l'` of `l` is zero.

There is a layer `k` such that the heads above it have rank below their width, and that of layer `k`
does not. So each layer above `k` can be changed by a matrix that kills its head: no head changes,
and small changes lead to local minima again. Their first-order conditions in layer `k`, as
polynomials in the size of the change, say that the derivative vanishes with the layers replaced by
what was added to them. With changes of rank one this reads `l' (v (zᵀ S)) = 0`, where `S` is the
head of layer `k`, for all vectors `v`, `z`. A perturbation of the first layer that keeps the
end-to-end matrix replaces `zᵀ S` by an arbitrary row. -/

section

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)]

/-- The bottleneck width: the least width over all layers, input and output included. -/
def bottleneck (ι : Fin (H + 1) → Type*) [∀ k, Fintype (ι k)] : ℕ :=
  Finset.univ.inf' Finset.univ_nonempty fun k => Fintype.card (ι k)

lemma bottleneck_le (k : Fin (H + 1)) : bottleneck ι ≤ Fintype.card (ι k) :=
  Finset.inf'_le _ (Finset.mem_univ k)

variable [∀ k, DecidableEq (ι k)]

lemma rank_endToEnd_le (W : Weights ι ℝ) : (endToEnd W).rank ≤ bottleneck ι := by
  refine Finset.le_inf' _ _ fun k _ => ?_
  rw [← tail_mul_head W k]
  exact (rank_mul_le_right _ _).trans (rank_le_card_height _)

/-- The rank of the heads can only drop from layer to layer. -/
lemma rank_head_succ_le (W : Weights ι ℝ) (k : Fin H) :
    (head W k.succ).rank ≤ (head W k.castSucc).rank := by
  rw [head_succ]
  exact rank_mul_le_right _ _

lemma rank_head_anti (W : Weights ι ℝ) {i j : Fin (H + 1)} (hij : i ≤ j) :
    (head W j).rank ≤ (head W i).rank := by
  induction j using Fin.induction with
  | zero => rw [Fin.le_zero_iff.1 hij]
  | succ j ih =>
    rcases hij.eq_or_lt with rfl | hlt
    · exact le_rfl
    · exact (rank_head_succ_le W j).trans (ih (Fin.le_castSucc_iff.2 hlt))

/-- Changing each layer by a matrix that kills its head changes no head. -/
lemma head_add_smul (W E : Weights ι ℝ) (hE : ∀ j : Fin H, E j * head W j.castSucc = 0) (s : ℝ)
    (i : Fin (H + 1)) : head (W + s • E) i = head W i := by
  induction i using Fin.induction with
  | zero => rfl
  | succ j ih =>
    rw [head_succ, head_succ, ih, Pi.add_apply, Pi.smul_apply, Matrix.add_mul, Matrix.smul_mul, hE,
      smul_zero, add_zero]

variable {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- Small changes that keep every head lead from a local minimum to local minima. -/
lemma eventually_isLocalMin_add_smul (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W)
    {E : Weights ι ℝ} (hE : ∀ j : Fin H, E j * head W j.castSucc = 0) :
    ∀ᶠ s in 𝓝 (0 : ℝ), IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) (W + s • E) := by
  filter_upwards [(tendsto_add_smul W E).eventually hW.eventually_isLocalMin] with s hs
  exact hs (congrArg l (head_add_smul W E hE s _))

/-- If `l' (tail (W + s E) B) = 0` for all small `s > 0`, then `l' (tail E B) = 0`: for large `s`
the polynomial `l' (tail (s W + E) B)` in `s` vanishes, hence it vanishes at `0`. -/
lemma apply_tail_eq_zero_of_eventually (W E : Weights ι ℝ) (k : Fin (H + 1))
    (B : Matrix (ι k) (ι 0) ℝ)
    (h : ∀ᶠ s in 𝓝[>] (0 : ℝ), l' (tail (W + s • E) k * B) = 0) : l' (tail E k * B) = 0 := by
  -- the polynomial, and its values
  let P : Weights ι ℝ[X] := fun j => (X : ℝ[X]) • (W j).map C + (E j).map C
  let p : ℝ[X] := ∑ i, ∑ j, C (l' (Matrix.single i j 1)) * (tail P k * B.map C) i j
  have hl' : ∀ A : Matrix (ι (Fin.last H)) (ι 0) ℝ,
      l' A = ∑ i, ∑ j, l' (Matrix.single i j 1) * A i j := by
    intro A
    conv_lhs => rw [Matrix.matrix_eq_sum_single A]
    simp only [map_sum]
    refine Finset.sum_congr rfl fun i _ => Finset.sum_congr rfl fun j _ => ?_
    rw [mul_comm, ← smul_eq_mul, ← map_smul, Matrix.smul_single, smul_eq_mul, mul_one]
  have heval : ∀ s : ℝ, p.eval s = l' (tail (s • W + E) k * B) := by
    intro s
    have hP : (fun j => (P j).map (evalRingHom s)) = s • W + E := by
      ext j a b
      simpa [P] using mul_comm _ _
    have htail : (tail P k * B.map C).map (evalRingHom s) = tail (s • W + E) k * B := by
      rw [Matrix.map_mul, ← tail_map, hP]
      congr 1
      ext a b
      simp
    rw [hl', ← htail]
    simp [p, eval_finsetSum]
  have hroot : ∀ᶠ s in Filter.atTop, p.IsRoot s := by
    filter_upwards [tendsto_inv_atTop_nhdsGT_zero.eventually h, Filter.eventually_gt_atTop 0]
      with s hs hpos
    have hscale : s • W + E = s • (W + s⁻¹ • E) := by
      rw [smul_add, smul_smul, mul_inv_cancel₀ hpos.ne', one_smul]
    rw [IsRoot, heval, hscale, tail_smul, Matrix.smul_mul, map_smul, hs, smul_zero]
  obtain ⟨a, ha⟩ := Filter.eventually_atTop.1 hroot
  have hp : p = 0 := eq_zero_of_infinite_isRoot p ((Set.Ici_infinite a).mono fun s hs => ha s hs)
  have h0 := heval 0
  rwa [hp, eval_zero, zero_smul, zero_add, eq_comm] at h0

/-- If all heads above layer `k` have rank below their width, then the derivative of the loss at a
local minimum vanishes in every direction `v (zᵀ S)`, where `S` is the head of layer `k`. -/
lemma apply_vecMulVec_head_eq_zero (hl : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) (k : Fin H)
    (hk : ∀ i : Fin (H + 1), k.castSucc < i → (head W i).rank < Fintype.card (ι i))
    (v : ι (Fin.last H) → ℝ) (z : ι k.castSucc → ℝ) :
    l' (vecMulVec v (z ᵥ* head W k.castSucc)) = 0 := by
  have hu : ∀ i : Fin (H + 1), ∃ u : ι i → ℝ, k.castSucc < i → u ≠ 0 ∧ u ᵥ* head W i = 0 := by
    intro i
    by_cases hi : k.castSucc < i
    · obtain ⟨u, hu⟩ := exists_vecMul_eq_zero (head W i) (hk i hi)
      exact ⟨u, fun _ => hu⟩
    · exact ⟨0, fun h => absurd h hi⟩
  choose u hu using hu
  -- each layer above `k` is changed by a matrix of rank one that kills its head
  let w : ∀ i, ι i → ℝ := Function.update u (Fin.last H) v
  let E : Weights ι ℝ := fun j =>
    if k < j then vecMulVec (w j.succ) (u j.castSucc) else 0
  have hE : ∀ j : Fin H, E j * head W j.castSucc = 0 := by
    intro j
    by_cases hj : k < j
    · simp only [E, if_pos hj, vecMulVec_mul, (hu j.castSucc (Fin.castSucc_lt_castSucc_iff.2 hj)).2]
      ext a b
      simp [vecMulVec_apply]
    · simp only [E, if_neg hj, Matrix.zero_mul]
  -- the first-order conditions at the perturbed weights, with the layers' own matrices removed
  have hcond : ∀ V, l' (tail E k.succ * (V * head W k.castSucc)) = 0 := by
    intro V
    refine apply_tail_eq_zero_of_eventually W E k.succ _ ?_
    filter_upwards [nhdsWithin_le_nhds (eventually_isLocalMin_add_smul hW hE)] with s hs
    have hls : HasGateauxDerivAt l l' (endToEnd (W + s • E)) := by
      rwa [endToEnd, head_add_smul W E hE s]
    have h := (isCritical_iff hls).1 (isCritical_of_isLocalMin hls hs) k V
    rwa [head_add_smul W E hE s, Matrix.mul_assoc] at h
  -- the product of the changes is a multiple of `v uᵀ`
  have htail : ∀ i : Fin (H + 1), k.castSucc < i → ∃ c : ℝ, c ≠ 0 ∧ tail E i *ᵥ w i = c • v := by
    intro i
    induction i using Fin.reverseInduction with
    | last => exact fun _ => ⟨1, one_ne_zero, by simp [w]⟩
    | cast j ih =>
      intro hj
      have hkj : k < j := Fin.castSucc_lt_castSucc_iff.1 hj
      obtain ⟨c, hc, hcv⟩ := ih (hj.trans j.castSucc_lt_succ)
      have hw : w j.castSucc = u j.castSucc :=
        Function.update_of_ne (Fin.castSucc_lt_last j).ne _ _
      refine ⟨(u j.castSucc ⬝ᵥ u j.castSucc) * c, mul_ne_zero ?_ hc, ?_⟩
      · exact fun h => (hu _ hj).1 (dotProduct_self_eq_zero.1 h)
      · rw [tail_castSucc, ← Matrix.mulVec_mulVec, hw]
        simp only [E, if_pos hkj, vecMulVec_mulVec, op_smul_eq_smul]
        rw [Matrix.mulVec_smul, hcv, smul_smul]
  obtain ⟨c, hc, hcv⟩ := htail k.succ k.castSucc_lt_succ
  have h := hcond (vecMulVec (w k.succ) z)
  rw [vecMulVec_mul, mul_vecMulVec, hcv, smul_vecMulVec, map_smul] at h
  exact (smul_eq_zero.1 h).resolve_left hc

/-- The layer in which the rank of the heads falls below the bottleneck width. -/
lemma exists_rank_head_lt (hr : (endToEnd W).rank < bottleneck ι) :
    ∃ k : Fin H, bottleneck ι ≤ (head W k.castSucc).rank ∧
      (head W k.succ).rank < bottleneck ι := by
  by_contra! hall
  have h : ∀ i, bottleneck ι ≤ (head W i).rank := by
    intro i
    induction i using Fin.induction with
    | zero => rw [head_zero, rank_one]; exact bottleneck_le 0
    | succ k ih => exact hall k ih
  exact absurd (h (Fin.last H)) (not_le_of_gt hr)

/-- **Case A**: at a local minimum whose end-to-end matrix has rank below the bottleneck width, the
derivative of the loss is zero. The loss need only be differentiable along lines. -/
theorem deriv_eq_zero_of_isLocalMin_of_rank_lt (hl : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W)
    (hr : (endToEnd W).rank < bottleneck ι) : l' = 0 := by
  obtain ⟨k, hk, hk'⟩ := exists_rank_head_lt hr
  have hlt : ∀ {W' : Weights ι ℝ}, (∀ i, (head W' i).rank ≤ (head W i).rank) →
      ∀ i : Fin (H + 1), k.castSucc < i → (head W' i).rank < Fintype.card (ι i) :=
    fun {W'} hle i hi => ((hle i).trans (rank_head_anti W (Fin.castSucc_lt_iff_succ_le.1
      hi))).trans_lt
      (hk'.trans_le (bottleneck_le i))
  have hdir := apply_vecMulVec_head_eq_zero hl hW k (hlt fun i => le_rfl)
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by have := k.pos; omega⟩
  refine linearMap_eq_zero_of_vecMulVec l' fun v y => ?_
  induction k using Fin.cases with
  | zero =>
    have h : l' (vecMulVec v (y ᵥ* (1 : Matrix (ι 0) (ι 0) ℝ))) = 0 := hdir v y
    rwa [Matrix.vecMul_one] at h
  | succ k =>
    -- a vector that layer `k` kills and the head below it does not
    obtain ⟨x, hx, hWx⟩ := exists_mulVec_ne_zero_of_rank_lt (W k.succ) (head W k.succ.castSucc)
      (by rw [← head_succ]; exact hk'.trans_le hk)
    let B : ℝ → Matrix (ι 0) (ι 0) ℝ := fun s => 1 + s • vecMulVec x y
    have htend : Filter.Tendsto (fun s => mulFirst W (B s)) (𝓝 0) (𝓝 W) :=
      tendsto_mulFirst_one_add_smul W (vecMulVec x y)
    have hR : ∀ s, endToEnd (mulFirst W (B s)) = endToEnd W := by
      intro s
      have hRx : endToEnd W *ᵥ x = 0 := by
        rw [endToEnd_eq_tail_mul_head W k.succ, ← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec,
          hWx, Matrix.mulVec_zero]
      rw [endToEnd_mulFirst, Matrix.mul_add, Matrix.mul_one, Matrix.mul_smul, mul_vecMulVec, hRx,
        zero_vecMulVec, smul_zero, add_zero]
    obtain ⟨s, hs, hs0⟩ : ∃ s : ℝ,
        IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) (mulFirst W (B s)) ∧ s ≠ 0 := by
      have hev : ∀ᶠ s in 𝓝[≠] (0 : ℝ),
          IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) (mulFirst W (B s)) := by
        filter_upwards [nhdsWithin_le_nhds (htend.eventually hW.eventually_isLocalMin)] with s hs
        exact hs (congrArg l (hR s))
      exact (hev.and self_mem_nhdsWithin).exists
    have hhead : ∀ i : Fin (n + 1), head (mulFirst W (B s)) i.succ = head W i.succ * B s :=
      head_mulFirst W (B s)
    have hle : ∀ i, (head (mulFirst W (B s)) i).rank ≤ (head W i).rank := by
      intro i
      induction i using Fin.cases with
      | zero => exact le_rfl
      | succ i => rw [hhead]; exact rank_mul_le_left _ _
    have hdir' := apply_vecMulVec_head_eq_zero (by rwa [hR]) hs k.succ (hlt hle) v
      (head W k.succ.castSucc *ᵥ x)
    have hS : head (mulFirst W (B s)) k.succ.castSucc =
        head W k.succ.castSucc + s • vecMulVec (head W k.succ.castSucc *ᵥ x) y := by
      have h : head (mulFirst W (B s)) k.succ.castSucc = head W k.succ.castSucc * B s :=
        hhead k.castSucc
      rw [h, Matrix.mul_add, Matrix.mul_one, Matrix.mul_smul, mul_vecMulVec]
    rw [hS, Matrix.vecMul_add, vecMulVec_add, map_add, hdir, zero_add, Matrix.vecMul_smul,
      vecMul_vecMulVec, vecMulVec_smul, vecMulVec_smul, map_smul, map_smul] at hdir'
    refine ((smul_eq_zero.1 ((smul_eq_zero.1 hdir').resolve_left hs0)).resolve_left ?_)
    exact fun h => hx (dotProduct_self_eq_zero.1 h)

end

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- The end-to-end map is open onto the matrices of no larger rank, at every `W`: each matrix near
the end-to-end matrix `R` of `W`, of rank at most that of `R`, is the end-to-end matrix of weights
near `W`. -/
theorem nhdsWithin_le_map_endToEnd (hH : 1 ≤ H) (W : Weights ι ℝ) :
    𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W) ≤ Filter.map endToEnd (𝓝 W) := by
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  obtain ⟨U, V, hU, hV, hU1, hV1, hUV⟩ := exists_continuousAt_mul_mul_eq (endToEnd W)
  let f : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ → Weights ι ℝ := fun R' =>
    mulLast (U R') (mulFirst W (V R'))
  have hf : Filter.Tendsto f (𝓝 (endToEnd W)) (𝓝 W) := by
    have hUV' : Filter.Tendsto (fun R' => (U R', V R')) (𝓝 (endToEnd W)) (𝓝 (1, 1)) := by
      simpa only [ContinuousAt, hU1, hV1] using hU.prodMk hV
    have hone := (continuous_mulLast_mulFirst W).tendsto (1, 1)
    rw [mulFirst_one, mulLast_one] at hone
    have h := hone.comp hUV'
    exact h
  have hmap : Filter.map (endToEnd ∘ f) (𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W)) =
      𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W) := by
    refine (Filter.map_congr ?_).trans Filter.map_id
    filter_upwards [nhdsWithin_le_nhds hUV, self_mem_nhdsWithin] with R' h hle
    simp only [Function.comp_apply, f, endToEnd_mulLast, endToEnd_mulFirst, id_eq,
      ← Matrix.mul_assoc]
    exact h hle
  rw [← hmap, ← Filter.map_map]
  exact Filter.map_mono (hf.mono_left nhdsWithin_le_nhds)

/-- If `W` is a local minimum of a loss of the end-to-end matrix, then the end-to-end matrix is a
local minimum of the loss among the matrices of no larger rank. There is no hypothesis on the loss,
and none on the widths. -/
theorem isLocalMinOn_rank_le (hH : 1 ≤ H)
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsLocalMinOn l {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) :=
  nhdsWithin_le_map_endToEnd hH W hW

/-- **Lu and Kawaguchi, Theorem 2.1**, for every convex differentiable loss and any widths: the
end-to-end matrix of a local minimum of the deep problem is a local minimum of the shallow problem.
-/
theorem isLocalMinOn_of_isLocalMin (hH : 1 ≤ H) (hl : ConvexOn ℝ Set.univ l)
    (hl' : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsLocalMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  rcases (rank_endToEnd_le W).lt_or_eq with hr | hr
  · obtain rfl := deriv_eq_zero_of_isLocalMin_of_rank_lt hl' hW hr
    exact ((isMinOn_of_hasGateauxDerivAt_zero hl hl').on_subset (Set.subset_univ _)).localize
  · rw [← hr]
    exact isLocalMinOn_rank_le hH hW

omit [∀ k, DecidableEq (ι k)] in
lemma continuous_head [∀ k, DecidableEq (ι k)] (k : Fin (H + 1)) :
    Continuous fun W : Weights ι ℝ => head W k := by
  induction k using Fin.induction with
  | zero => exact continuous_const
  | succ k ih =>
    simp only [head_succ]
    exact (continuous_apply k).matrix_mul ih

/-- **Lu and Kawaguchi, Theorem 2.1**, as an equivalence: weights are a local minimum of the deep
problem if and only if their end-to-end matrix is a local minimum of the shallow problem. -/
theorem isLocalMin_iff_isLocalMinOn (hH : 1 ≤ H) (hl : ConvexOn ℝ Set.univ l)
    (hl' : HasGateauxDerivAt l l' (endToEnd W)) :
    IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W ↔
      IsLocalMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  refine ⟨isLocalMinOn_of_isLocalMin hH hl hl', fun h => ?_⟩
  have htend : Filter.Tendsto (fun W : Weights ι ℝ => endToEnd W) (𝓝 W)
      (𝓝[{A | A.rank ≤ bottleneck ι}] (endToEnd W)) :=
    tendsto_nhdsWithin_iff.2 ⟨(continuous_head (Fin.last H)).tendsto W,
      Filter.Eventually.of_forall rank_endToEnd_le⟩
  exact htend h

/-- No hidden layer is narrower than both the input and the output. -/
def NoBottleneck (ι : Fin (H + 1) → Type*) [∀ k, Fintype (ι k)] : Prop :=
  ∀ k, min (Fintype.card (ι 0)) (Fintype.card (ι (Fin.last H))) ≤ Fintype.card (ι k)

/-- There is no bottleneck if and only if the bottleneck width is the smaller one of the input's and
the output's: `min_k d_k = min {d_0, d_H}`, in the words of the assignment. -/
lemma noBottleneck_iff {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] : NoBottleneck ι ↔
    bottleneck ι = min (Fintype.card (ι 0)) (Fintype.card (ι (Fin.last H))) := by
  refine ⟨fun h => le_antisymm (le_min (bottleneck_le 0) (bottleneck_le _)) ?_, fun h k => ?_⟩
  · exact Finset.le_inf' _ _ fun k _ => h k
  · rw [← h]
    exact bottleneck_le k

/-- **Lu and Kawaguchi, Theorem 2.1** for the dataset loss: nothing is asked of the data. -/
theorem isLocalMinOn_of_isLocalMin_datasetLoss (hH : 1 ≤ H) {s : Type*} [Fintype s]
    (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ bottleneck ι} (endToEnd W) :=
  isLocalMinOn_of_isLocalMin hH (convexOn_datasetLoss X Y) (hasGateauxDerivAt_datasetLoss X Y _) hW

/-- **Laurent and von Brecht**: without a bottleneck every local minimum of the deep problem
minimizes the loss over all matrices, for every convex differentiable loss. -/
theorem isMinOn_of_isLocalMin_of_noBottleneck (hH : 1 ≤ H) (hι : NoBottleneck ι)
    (hl : ConvexOn ℝ Set.univ l) (hl' : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsMinOn l Set.univ (endToEnd W) := by
  suffices h : l' = 0 from isMinOn_of_hasGateauxDerivAt_zero hl (h ▸ hl')
  rcases (rank_endToEnd_le W).lt_or_eq with hr | hr
  · exact deriv_eq_zero_of_isLocalMin_of_rank_lt hl' hW hr
  have hp : min (Fintype.card (ι 0)) (Fintype.card (ι (Fin.last H))) ≤ bottleneck ι :=
    Finset.le_inf' _ _ fun k _ => hι k
  have hcrit := (isCritical_iff hl').1 (isCritical_of_isLocalMin hl' hW)
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  rcases le_total (Fintype.card (ι (Fin.last (n + 1)))) (Fintype.card (ι 0)) with hle | hle
  · -- the tail behind the first layer has a right inverse
    rw [min_eq_right hle] at hp
    have hrank : (tail W (Fin.succ 0)).rank = Fintype.card (ι (Fin.last (n + 1))) := by
      refine le_antisymm (rank_le_card_height _) ?_
      rw [← tail_mul_head W (Fin.succ 0)] at hr
      exact (hp.trans_eq hr.symm).trans (rank_mul_le_left _ _)
    obtain ⟨Y, hY⟩ := exists_mul_eq_one_of_rank_eq' _ hrank
    refine LinearMap.ext fun V => ?_
    have h : l' (tail W (Fin.succ 0) * (Y * V) * (1 : Matrix (ι 0) (ι 0) ℝ)) = 0 := hcrit 0 (Y * V)
    rwa [Matrix.mul_one, ← Matrix.mul_assoc, hY, Matrix.one_mul] at h
  · -- the head before the last layer has a left inverse
    rw [min_eq_left hle] at hp
    have hrank : (head W (Fin.last n).castSucc).rank = Fintype.card (ι 0) := by
      refine le_antisymm (rank_le_card_width _) ?_
      have h : (endToEnd W).rank ≤ (head W (Fin.last n).castSucc).rank :=
        rank_head_anti W (Fin.le_last _)
      exact (hp.trans_eq hr.symm).trans h
    obtain ⟨Y, hY⟩ := exists_mul_eq_one_of_rank_eq _ hrank
    refine LinearMap.ext fun V => ?_
    have h : l' (tail W (Fin.last (n + 1)) * (V * Y) * head W (Fin.last n).castSucc) = 0 :=
      hcrit (Fin.last n) (V * Y)
    rwa [tail_last, Matrix.one_mul, Matrix.mul_assoc, hY, Matrix.mul_one] at h

/-- The end-to-end map is onto the matrices of rank at most the bottleneck width. -/
theorem exists_endToEnd_eq (hH : 1 ≤ H) {R : Matrix (ι (Fin.last H)) (ι 0) ℝ}
    (hR : R.rank ≤ bottleneck ι) : ∃ W : Weights ι ℝ, endToEnd W = R := by
  obtain ⟨r, F, G, -, -, hr, hRFG, -, -⟩ := R.exists_fullRank_factorization
  -- 0-1 matrices with orthonormal columns carry the factors through the layers
  have hJ : ∀ k, ∃ J : Matrix (ι k) (Fin r) ℝ, Jᵀ * J = 1 := by
    intro k
    obtain ⟨g⟩ : Nonempty (Fin r ↪ ι k) := Function.Embedding.nonempty_of_card_le <| by
      rw [Fintype.card_fin, hr]
      exact hR.trans (bottleneck_le k)
    refine ⟨(1 : Matrix (ι k) (ι k) ℝ).submatrix id g, ?_⟩
    rw [Matrix.transpose_submatrix, Matrix.transpose_one,
      ← Matrix.submatrix_mul _ _ _ id _ Function.bijective_id, Matrix.mul_one]
    exact Matrix.submatrix_one g g.injective
  choose J hJ using hJ
  let L : ∀ k, Matrix (ι k) (Fin r) ℝ := Function.update J (Fin.last H) F
  let M : ∀ k, Matrix (Fin r) (ι k) ℝ := Function.update (fun k => (J k)ᵀ) 0 G
  let W : Weights ι ℝ := fun k => L k.succ * M k.castSucc
  have hhead : ∀ k : Fin H, head W k.succ = L k.succ * G := by
    obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
    intro k
    induction k using Fin.induction with
    | zero =>
      rw [head_succ]
      change L (Fin.succ 0) * M 0 * (1 : Matrix (ι 0) (ι 0) ℝ) = _
      rw [Matrix.mul_one]
      simp only [M, Function.update_self]
    | succ k ih =>
      have hML : M k.succ.castSucc * L k.succ.castSucc = 1 := by
        have h0 : k.succ.castSucc ≠ 0 := Fin.succ_ne_zero k.castSucc
        have h1 : k.succ.castSucc ≠ Fin.last (n + 1) := (Fin.castSucc_lt_last _).ne
        simp only [L, M, Function.update_of_ne h0, Function.update_of_ne h1, hJ]
      have ih' : head W k.succ.castSucc = L k.succ.castSucc * G := ih
      rw [head_succ, ih', Matrix.mul_assoc, ← Matrix.mul_assoc (M k.succ.castSucc), hML,
        Matrix.one_mul]
  refine ⟨W, ?_⟩
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  have h := hhead (Fin.last n)
  change endToEnd W = L (Fin.last (n + 1)) * G at h
  rw [h, hRFG]
  simp only [L, Function.update_self]

end DeepLinear
