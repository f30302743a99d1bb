/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Topology.Instances.MatrixRank
public import DeepLinear.Landscape.RankDeficient
public import DeepLinear.Network
public import Mathlib.Topology.Instances.Real.Lemmas
public import Mathlib.Topology.Order.LocalExtr

/-!
# Depth creates no bad local minima

Theorem 2.1 of Lu and Kawaguchi, for every convex differentiable loss `l` of the end-to-end matrix
and for any widths: weights are a local minimum of the deep problem if and only if their end-to-end
matrix is a local minimum of the shallow one, `l` on the matrices of rank at most the bottleneck
width. Case A, where the end-to-end matrix has a smaller rank, is in
`DeepLinear.Landscape.RankDeficient`.

Case B holds at every `W` and for every loss. Let `R` be the end-to-end matrix of `W`. Every `R'`
near `R` of rank at most that of `R` is `U R V` with `U` and `V` near `1`
(`Matrix.exists_continuousAt_mul_mul_eq`), so it is the end-to-end matrix of weights near `W`:
multiply the last layer by `U` and the first by `V`. Hence if `W` is a local minimum of
`l ∘ endToEnd`, then `R` is one of `l` among the matrices of rank at most that of `R`.

## Main statements

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

open Matrix Topology

namespace DeepLinear

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
