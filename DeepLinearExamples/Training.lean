/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.GradientDescent
public import DeepLinear.Flow.Modes
public import DeepLinear.Flow.Convergence
public import DeepLinearExamples.Flow

/-!
# Instances of training

Weights aligned with the frames of whitened data, whose modes decouple; balanced weights within the
deficiency margin, from which the gradient flow converges; and weights from which gradient descent
with an explicit step does.

## Main definitions

* `DeepLinear.NetworkInstance.IsAlignedExample`
* `DeepLinear.FlowInstance.IsMarginExample`, `DeepLinear.FlowInstance.IsDescentExample`
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

/-- A square matrix is `c` and a Gram matrix: it is at least `c` as a form. -/
lemma form_le_of_eq_add {d q : ℕ} {A : Matrix (Fin d) (Fin d) ℚ} {c : ℚ}
    {D : Matrix (Fin q) (Fin d) ℚ} (h : A = c • 1 + Dᵀ * D) (v : Fin d → ℝ) :
    (c : ℝ) * (v ⬝ᵥ v) ≤ v ⬝ᵥ A.map (Rat.castHom ℝ) *ᵥ v := by
  have hmap : A.map (Rat.castHom ℝ) = (c : ℝ) • (1 : Matrix (Fin d) (Fin d) ℝ) +
      (D.map (Rat.castHom ℝ))ᵀ * D.map (Rat.castHom ℝ) := by
    rw [h, Matrix.map_add _ (map_add _), Matrix.map_mul, Matrix.transpose_map]
    congr 1
    ext i j
    by_cases hij : i = j <;> simp [hij]
  rw [hmap, Matrix.add_mulVec, dotProduct_add, dotProduct_transpose_mul_mulVec,
    Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_smul, smul_eq_mul]
  have := Finset.sum_nonneg fun i (_ : i ∈ Finset.univ) =>
    mul_self_nonneg ((D.map (Rat.castHom ℝ) *ᵥ v) i)
  exact le_add_of_nonneg_right this

/-- The sum of the squares of the entries of a rational matrix. -/
def sqSumRat {m n : ℕ} (A : Matrix (Fin m) (Fin n) ℚ) : ℚ :=
  ∑ i, ∑ j, A i j ^ 2

lemma sqNorm_map_rat {m n : ℕ} (A : Matrix (Fin m) (Fin n) ℚ) :
    sqNorm (A.map (Rat.castHom ℝ)) = (sqSumRat A : ℚ) := by
  rw [sqNorm, trace_mul_transpose_self, sqSumRat]
  push_cast
  rfl

lemma frobeniusNorm_map_rat_le {m n : ℕ} {A : Matrix (Fin m) (Fin n) ℚ} {x : ℚ} (hx : 0 ≤ x)
    (h : sqSumRat A ≤ x ^ 2) : frobeniusNorm (A.map (Rat.castHom ℝ)) ≤ x := by
  refine abs_le_of_sq_le_sq' ?_ (by exact_mod_cast hx) |>.2
  rw [frobeniusNorm_sq, sqNorm_map_rat]
  exact_mod_cast h

namespace NetworkInstance

variable {e : NetworkInstance}

/-- The weights carry the modes `a` between the frames `Q`, and where these follow the scalar
equations with the strengths `σ`, the weights between the frames are the gradient flow. -/
def IsAlignedExample (e : NetworkInstance) {ρ : ℕ}
    (Q : ∀ k, Matrix (Fin (e.widths k)) (Fin ρ) ℚ) (a σ : Fin ρ → ℚ) : Prop :=
  toReal e.weights = alignedWeights (fun k => (Q k).map (Rat.castHom ℝ)) (fun i => (a i : ℝ)) ∧
    ∀ (T : ℝ) (b : ℝ → Fin ρ → ℝ), (∀ t ∈ Set.Ico 0 T, ∀ i, HasDerivWithinAt (fun t => b t i)
      (b t i ^ (e.depth - 1) * ((σ i : ℝ) - b t i ^ e.depth)) (Set.Ico 0 T) t) →
      IsDatasetFlow (fun t => alignedWeights (fun k => (Q k).map (Rat.castHom ℝ)) (b t))
        (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)) T

lemma isAlignedExample {ρ : ℕ} {Q : ∀ k, Matrix (Fin (e.widths k)) (Fin ρ) ℚ} {a σ : Fin ρ → ℚ}
    (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (hX : e.X * e.Xᵀ = 1)
    (hY : e.Y * e.Xᵀ = Q (Fin.last e.depth) * Matrix.diagonal σ * (Q 0)ᵀ)
    (hW : ∀ k : Fin e.depth, e.weights k = Q k.succ * Matrix.diagonal a * (Q k.castSucc)ᵀ) :
    e.IsAlignedExample Q a σ := by
  have hone : ∀ d : ℕ, (1 : Matrix (Fin d) (Fin d) ℚ).map (Rat.castHom ℝ) = 1 := fun d =>
    Matrix.map_one _ (map_zero _) (map_one _)
  have hdiag : ∀ c : Fin ρ → ℚ, (Matrix.diagonal c).map (Rat.castHom ℝ) =
      Matrix.diagonal fun i => (c i : ℝ) := fun c => Matrix.diagonal_map (map_zero _)
  refine ⟨?_, fun T b hb => ?_⟩
  · funext k
    have h := congrArg (fun A => A.map (Rat.castHom ℝ)) (hW k)
    simp only [Matrix.map_mul, Matrix.transpose_map, hdiag] at h
    exact h
  · refine isDatasetFlow_alignedWeights (σ := fun i => (σ i : ℝ)) (fun k => ?_) ?_ ?_ hb
    · rw [← Matrix.transpose_map, ← Matrix.map_mul, hQ, hone]
    · rw [← Matrix.transpose_map, ← Matrix.map_mul, hX, hone]
    · have h := congrArg (fun A => A.map (Rat.castHom ℝ)) hY
      simp only [Matrix.map_mul, Matrix.transpose_map, hdiag] at h
      exact h

/-- Two layers, two modes, the axes as frames. -/
def alignedTwo : NetworkInstance where
  depth := 2
  widths := ![2, 2, 2]
  samples := 2
  weights
    | 0 => (!![1/2, 0; 0, 1/3] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1/2, 0; 0, 1/3] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Its frames. -/
def alignedTwoFrames : ∀ k : Fin 3, Matrix (Fin (![2, 2, 2] k)) (Fin 2) ℚ
  | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Two layers: two modes that decouple, of strengths 3 and 1. -/
theorem isAlignedExample_alignedTwo :
    alignedTwo.IsAlignedExample alignedTwoFrames ![1/2, 1/3] ![3, 1] :=
  isAlignedExample (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Three layers, two modes, a rotated frame, more samples than inputs. -/
def alignedThree : NetworkInstance where
  depth := 3
  widths := ![2, 3, 2, 3]
  samples := 3
  weights
    | 0 => (!![3/10, 2/5; 0, 0; -4/5, 3/5] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![1/2, 0, 0; 0, 0, 1] : Matrix (Fin 2) (Fin 3) ℚ)
    | 2 => (!![0, 1; 1/2, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  X := (!![1, 0, 0; 0, 3/5, 4/5] : Matrix (Fin 2) (Fin 3) ℚ)
  Y := (!![-4/5, 9/25, 12/25; 12/5, 48/25, 64/25; 0, 0, 0] : Matrix (Fin 3) (Fin 3) ℚ)

/-- Its frames. -/
def alignedThreeFrames : ∀ k : Fin 4, Matrix (Fin (![2, 3, 2, 3] k)) (Fin 2) ℚ
  | 0 => (!![3/5, -4/5; 4/5, 3/5] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0; 0, 0; 0, 1] : Matrix (Fin 3) (Fin 2) ℚ)
  | 2 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 3 => (!![0, 1; 1, 0; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Three layers of the widths 2, 3, 2, 3: modes of strengths 4 and 1, the weaker one learned. -/
theorem isAlignedExample_alignedThree :
    alignedThree.IsAlignedExample alignedThreeFrames ![1/2, 1] ![4, 1] :=
  isAlignedExample (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Two layers, one mode through one hidden unit. -/
def alignedOne : NetworkInstance where
  depth := 2
  widths := ![2, 1, 3]
  samples := 2
  weights
    | 0 => (!![3/20, 4/20] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![1/12; 1/6; 1/6] : Matrix (Fin 3) (Fin 1) ℚ)
  X := (!![0, 1; 1, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![8/3, 2; 16/3, 4; 16/3, 4] : Matrix (Fin 3) (Fin 2) ℚ)

/-- Its frames. -/
def alignedOneFrames : ∀ k : Fin 3, Matrix (Fin (![2, 1, 3] k)) (Fin 1) ℚ
  | 0 => (!![3/5; 4/5] : Matrix (Fin 2) (Fin 1) ℚ)
  | 1 => (!![1] : Matrix (Fin 1) (Fin 1) ℚ)
  | 2 => (!![1/3; 2/3; 2/3] : Matrix (Fin 3) (Fin 1) ℚ)

/-- Widths 2, 1, 3: one mode of strength 10, from a small start. -/
theorem isAlignedExample_alignedOne :
    alignedOne.IsAlignedExample alignedOneFrames ![1/4] ![10] :=
  isAlignedExample (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)

end NetworkInstance

namespace FlowInstance

variable {e : FlowInstance}

/-- The inputs over the reals. -/
noncomputable abbrev realX (e : FlowInstance) : Matrix (Fin (e.widths 0)) (Fin e.samples) ℝ :=
  e.X.map (Rat.castHom ℝ)

/-- The outputs over the reals. -/
noncomputable abbrev realY (e : FlowInstance) :
    Matrix (Fin (e.widths (Fin.last (e.n + 1)))) (Fin e.samples) ℝ :=
  e.Y.map (Rat.castHom ℝ)

/-- Every gradient flow from the weights tends to a global minimum. -/
def IsMarginExample (e : FlowInstance) : Prop :=
  ∀ W : ℝ → Weights (fun k => Fin (e.widths k)) ℝ,
    (∀ T, IsDatasetFlow W e.realX e.realY T) →
    W 0 = NetworkInstance.toReal e.weights →
    ∃ W₁ : Weights (fun k => Fin (e.widths k)) ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
      IsMinOn (fun W : Weights (fun k => Fin (e.widths k)) ℝ =>
        datasetLoss e.realX e.realY (endToEnd W)) Set.univ W₁

lemma isMarginExample {s c : ℚ} {q : ℕ} {D : Matrix (Fin q) (Fin (e.widths 0)) ℚ}
    (h : ∀ k, imbalance e.weights k = 0) (hX : e.X * e.Xᵀ = 1) (hc : 0 < c) (hcs : c ≤ s)
    (hΦ : (e.Y * e.Xᵀ)ᵀ * (e.Y * e.Xᵀ) = s ^ 2 • 1 + Dᵀ * D)
    (hmargin : sqSumRat (endToEnd e.weights - e.Y * e.Xᵀ) ≤ (s - c) ^ 2) :
    e.IsMarginExample := by
  intro W hW h0
  have hΦX : e.realY * e.realXᵀ = (e.Y * e.Xᵀ).map (Rat.castHom ℝ) := by
    rw [Matrix.map_mul, Matrix.transpose_map]
  have hend : endToEnd (W 0) = (endToEnd e.weights).map (Rat.castHom ℝ) := by
    rw [h0]
    exact endToEnd_map (W := e.weights) (Rat.castHom ℝ)
  refine exists_tendsto_isMinOn_of_margin (σ := s) (c := c) hW ?_ ?_ (by exact_mod_cast hc)
    (by exact_mod_cast hcs) (fun v => ?_) ?_
  · rw [h0]
    intro k
    have hk := congrArg (fun A => A.map (Rat.castHom ℝ)) (h k)
    simp only [imbalance, Matrix.map_sub _ (map_sub _), Matrix.map_mul, Matrix.transpose_map] at hk
    exact hk.trans (Matrix.map_zero _ (map_zero _))
  · have hone := congrArg (fun A => A.map (Rat.castHom ℝ)) hX
    simp only [Matrix.map_mul, Matrix.transpose_map] at hone
    exact hone.trans (Matrix.map_one _ (map_zero _) (map_one _))
  · have hform := form_le_of_eq_add hΦ v
    rw [Matrix.map_mul, Matrix.transpose_map, dotProduct_transpose_mul_mulVec] at hform
    rw [hΦX]
    push_cast at hform
    exact hform
  · rw [hΦX, hend, ← Matrix.map_sub _ (map_sub _), sqNorm_map_rat]
    exact_mod_cast hmargin

/-- Two layers, near `Φ = diag (5/3, 1)`. -/
def marginTwo : FlowInstance where
  n := 1
  widths := ![2, 2, 2]
  samples := 2
  weights
    | 0 => (!![5/4, 0; 0, 3/4] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![5/4, 0; 0, 3/4] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![5/3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 2, 2: the start is within the margin, and every gradient flow tends to a global
minimum. -/
theorem isMarginExample_marginTwo : marginTwo.IsMarginExample :=
  isMarginExample (s := 1) (c := 1/2) (D := (!![4/3, 0] : Matrix (Fin 1) (Fin 2) ℚ))
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel)

/-- Three layers, near `Φ = diag (5/3, 1)`. -/
def marginThree : FlowInstance where
  n := 2
  widths := ![2, 2, 2, 2]
  samples := 2
  weights
    | 0 => (!![6/5, 0; 0, 9/10] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![6/5, 0; 0, 9/10] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![6/5, 0; 0, 9/10] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![5/3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 2, 2, 2: the start is within the margin, and every gradient flow tends to a global
minimum. -/
theorem isMarginExample_marginThree : marginThree.IsMarginExample :=
  isMarginExample (s := 1) (c := 1/2) (D := (!![4/3, 0] : Matrix (Fin 1) (Fin 2) ℚ))
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel)

/-- Widths 2, 3, 2, rotated inputs. -/
def marginWide : FlowInstance where
  n := 1
  widths := ![2, 3, 2]
  samples := 2
  weights
    | 0 => (!![5/4, 0; 0, 0; 0, 3/4] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![5/4, 0, 0; 0, 0, 3/4] : Matrix (Fin 2) (Fin 3) ℚ)
  X := (!![3/5, 4/5; -4/5, 3/5] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 4/3; -4/5, 3/5] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 3, 2 and rotated inputs: the start is within the margin, and every gradient flow tends
to a global minimum. -/
theorem isMarginExample_marginWide : marginWide.IsMarginExample :=
  isMarginExample (s := 1) (c := 1/2) (D := (!![4/3, 0] : Matrix (Fin 1) (Fin 2) ℚ))
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel)

/-- Gradient descent with the step `η` from the weights lowers the distance to the least loss by the
factor `1 - η κ` a step, and the weights tend to a global minimum. -/
def IsDescentExample (e : FlowInstance) (η κ : ℚ) : Prop :=
  ∀ W : ℕ → Weights (fun k => Fin (e.widths k)) ℝ, W 0 = NetworkInstance.toReal e.weights →
    (∀ k l, W (k + 1) l = W k l - (η : ℝ) •
      datasetGradient (W k) e.realX e.realY l) →
    ∃ least : ℝ, (∀ R, least ≤ datasetLoss e.realX e.realY R) ∧
      (∀ k, datasetLoss e.realX e.realY (endToEnd (W k)) - least ≤
        (1 - η * κ : ℝ) ^ k * (datasetLoss e.realX e.realY (endToEnd (W 0)) - least)) ∧
      ∃ W₁ : Weights (fun k => Fin (e.widths k)) ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
        IsMinOn (fun W : Weights (fun k => Fin (e.widths k)) ℝ =>
          datasetLoss e.realX e.realY (endToEnd W)) Set.univ W₁

/-- Where the slope vanishes over the rationals, the loss is least over the reals. -/
lemma isMinOn_realLoss_of_slope_eq_zero
    {R : Matrix (Fin (e.widths (Fin.last (e.n + 1)))) (Fin (e.widths 0)) ℚ}
    (hR : (R * e.X - e.Y) * e.Xᵀ = 0) (A) : datasetLoss e.realX e.realY (R.map (Rat.castHom ℝ)) ≤
      datasetLoss e.realX e.realY A := by
  have hzero : (R.map (Rat.castHom ℝ) * e.realX - e.realY) * e.realXᵀ = 0 := by
    have h := congrArg (fun A => A.map (Rat.castHom ℝ)) hR
    simp only [Matrix.map_mul, Matrix.map_sub _ (map_sub _), Matrix.transpose_map] at h
    exact h.trans (Matrix.map_zero _ (map_zero _))
  exact isMinOn_datasetLoss_of_slope_eq_zero hzero (Set.mem_univ A)

/-- The numbers of the theorem on gradient descent: `X Xᵀ ≥ lam`, `T Tᵀ ≥ σ²`, a ball of radius `r`,
in which no layer has a norm above `m`, and `x`, `y` above the norms of the data. -/
structure StepNumbers where
  /-- Below `X Xᵀ`. -/
  lam : ℚ
  /-- Its square is below `T Tᵀ`, with `T` the product of the upper layers. -/
  σ : ℚ
  /-- The radius of the ball. -/
  r : ℚ
  /-- Above the Frobenius norm of every layer in the ball. -/
  m : ℚ
  /-- Above the Frobenius norm of the inputs. -/
  x : ℚ
  /-- Above the Frobenius norm of the outputs. -/
  y : ℚ

lemma isDescentExample {η : ℚ} (N : StepNumbers) {q q' : ℕ}
    {D : Matrix (Fin q) (Fin (e.widths 0)) ℚ}
    {D' : Matrix (Fin q') (Fin (e.widths (Fin.last (e.n + 1)))) ℚ}
    {R : Matrix (Fin (e.widths (Fin.last (e.n + 1)))) (Fin (e.widths 0)) ℚ}
    (hpos : 0 < η ∧ 0 < N.lam ∧ 0 < N.σ ∧ 0 < N.r ∧ N.r ≤ N.m ∧ 0 ≤ N.x ∧ 0 ≤ N.y)
    (hX : e.X * e.Xᵀ = N.lam • 1 + Dᵀ * D)
    (hT : tail e.weights (Fin.succ 0) * (tail e.weights (Fin.succ 0))ᵀ = N.σ ^ 2 • 1 + D'ᵀ * D')
    (hnorm : ∀ l : Fin (e.n + 1), sqSumRat (e.weights l) ≤ (N.m - N.r) ^ 2)
    (hball : 2 * (e.n * N.m ^ e.n * N.r) ≤ N.σ * N.m) (hR : (R * e.X - e.Y) * e.Xᵀ = 0)
    (hgap : 32 * (datasetLoss e.X e.Y (endToEnd e.weights) - datasetLoss e.X e.Y R) <
      N.lam * N.σ ^ 2 * N.r ^ 2)
    (hx : sqSumRat e.X ≤ N.x ^ 2) (hy : sqSumRat e.Y ≤ N.y ^ 2)
    (hη : η * ((e.n + 1) * (N.m ^ (e.n + 1) * N.x * (2 * (N.m ^ (e.n + 1) * N.x) + N.y))) ≤
      N.m ^ 2) : e.IsDescentExample η (N.lam * N.σ ^ 2 / 4) := by
  intro W h0 hstep
  obtain ⟨h1, h2, h3, h4, h5, h6, h7⟩ := hpos
  have hm : (0 : ℝ) < N.m := by exact_mod_cast h4.trans_le h5
  have hend : endToEnd (W 0) = (endToEnd e.weights).map (Rat.castHom ℝ) := by
    rw [h0]
    exact endToEnd_map (W := e.weights) (Rat.castHom ℝ)
  have hmin := isMinOn_realLoss_of_slope_eq_zero (e := e) hR
  have key := exists_tendsto_of_gradientDescent_deep
    (W := W) (lam := N.lam) (σ := N.σ) (r := N.r) (m := N.m)
    hstep (by exact_mod_cast h1) (by exact_mod_cast h2)
    (by exact_mod_cast h3) hm (by exact_mod_cast h4) (fun v => ?_) (fun v => ?_) (fun l => ?_) ?_
    hmin ?_ ?_
  · refine ⟨_, hmin, fun k => ?_, key.2⟩
    have h := key.1 k
    push_cast
    exact h
  · have h := form_le_of_eq_add hX v
    rwa [Matrix.map_mul, Matrix.transpose_map] at h
  · have htail : tail (W 0) (Fin.succ 0) =
        (tail e.weights (Fin.succ 0)).map (Rat.castHom ℝ) := by
      rw [h0]
      exact tail_map (W := e.weights) (Rat.castHom ℝ) (Fin.succ 0)
    have h := form_le_of_eq_add hT v
    rw [Matrix.map_mul, Matrix.transpose_map, ← htail, ← Matrix.mulVec_mulVec,
      Matrix.dotProduct_mulVec v, Matrix.mulVec_transpose] at h
    push_cast at h
    exact h
  · rw [h0]
    have h := frobeniusNorm_map_rat_le (sub_nonneg.2 h5) (hnorm l)
    push_cast at h
    have h' : frobeniusNorm (NetworkInstance.toReal e.weights l) ≤ (N.m : ℝ) - N.r := h
    linarith
  · exact_mod_cast hball
  · rw [hend, datasetLoss_map, datasetLoss_map, Rat.coe_castHom]
    exact_mod_cast hgap
  · have hx' := frobeniusNorm_map_rat_le h6 hx
    have hy' := frobeniusNorm_map_rat_le h7 hy
    have hη' : (η : ℝ) * ((e.n + 1) * (N.m ^ (e.n + 1) * N.x *
        (2 * (N.m ^ (e.n + 1) * N.x) + N.y))) ≤ N.m ^ 2 := by exact_mod_cast hη
    refine le_trans (mul_le_mul_of_nonneg_left ?_ (by exact_mod_cast h1.le)) hη'
    rw [curvatureFactor]
    push_cast
    have n1 := frobeniusNorm_nonneg e.realX
    have n2 := frobeniusNorm_nonneg e.realY
    have hpow : (0 : ℝ) ≤ N.m ^ (e.n + 1) := by positivity
    have hx0 : (0 : ℝ) ≤ N.x := by exact_mod_cast h6
    have hy0 : (0 : ℝ) ≤ N.y := by exact_mod_cast h7
    gcongr

/-- Two layers near the identity. -/
def descentTwo : FlowInstance where
  n := 1
  widths := ![2, 2, 2]
  samples := 2
  weights
    | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![21/20, 0; 0, 21/20] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Its numbers. -/
def descentTwoNumbers : StepNumbers :=
  ⟨1, 21/20, 1/2, 2, 3/2, 3/2⟩

/-- Widths 2, 2, 2: gradient descent with the step `1/41` converges to a global minimum. -/
theorem isDescentExample_descentTwo : descentTwo.IsDescentExample (1/41) (441/1600) := by
  have h := isDescentExample (e := descentTwo) (η := 1/41) descentTwoNumbers
    (D := (0 : Matrix (Fin 0) (Fin 2) ℚ)) (D' := (0 : Matrix (Fin 0) (Fin 2) ℚ))
    (R := (1 : Matrix (Fin 2) (Fin 2) ℚ)) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have hκ : descentTwoNumbers.lam * descentTwoNumbers.σ ^ 2 / 4 = 441/1600 := by
    norm_num [descentTwoNumbers]
  rwa [hκ] at h

/-- Two layers, one output. -/
def descentOut : FlowInstance where
  n := 1
  widths := ![2, 2, 1]
  samples := 3
  weights
    | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![63/100, 84/100] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1, 0, 0; 0, 1, 1/2] : Matrix (Fin 2) (Fin 3) ℚ)
  Y := (!![3/5, 4/5, 2/5] : Matrix (Fin 1) (Fin 3) ℚ)

/-- Its numbers. -/
def descentOutNumbers : StepNumbers :=
  ⟨1, 21/20, 1/2, 2, 8/5, 11/10⟩

/-- Widths 2, 2, 1, three samples: gradient descent with the step `1/60` converges to a global
minimum. -/
theorem isDescentExample_descentOut : descentOut.IsDescentExample (1/60) (441/1600) := by
  have h := isDescentExample (e := descentOut) (η := 1/60) descentOutNumbers
    (D := (!![0, 1/2] : Matrix (Fin 1) (Fin 2) ℚ)) (D' := (0 : Matrix (Fin 0) (Fin 1) ℚ))
    (R := (!![3/5, 4/5] : Matrix (Fin 1) (Fin 2) ℚ)) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have hκ : descentOutNumbers.lam * descentOutNumbers.σ ^ 2 / 4 = 441/1600 := by
    norm_num [descentOutNumbers]
  rwa [hκ] at h

/-- Three layers of width 1. -/
def descentThree : FlowInstance where
  n := 2
  widths := ![1, 1, 1, 1]
  samples := 1
  weights
    | 0 => (!![1] : Matrix (Fin 1) (Fin 1) ℚ)
    | 1 => (!![1] : Matrix (Fin 1) (Fin 1) ℚ)
    | 2 => (!![41/40] : Matrix (Fin 1) (Fin 1) ℚ)
  X := (!![1] : Matrix (Fin 1) (Fin 1) ℚ)
  Y := (!![1] : Matrix (Fin 1) (Fin 1) ℚ)

/-- Its numbers. -/
def descentThreeNumbers : StepNumbers :=
  ⟨1, 41/40, 1/6, 5/4, 1, 1⟩

/-- Widths 1, 1, 1, 1: gradient descent with the step `1/19` converges to a global minimum. -/
theorem isDescentExample_descentThree : descentThree.IsDescentExample (1/19) (1681/6400) := by
  have h := isDescentExample (e := descentThree) (η := 1/19) descentThreeNumbers
    (D := (0 : Matrix (Fin 0) (Fin 1) ℚ)) (D' := (0 : Matrix (Fin 0) (Fin 1) ℚ))
    (R := (1 : Matrix (Fin 1) (Fin 1) ℚ)) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have hκ : descentThreeNumbers.lam * descentThreeNumbers.σ ^ 2 / 4 = 1681/6400 := by
    norm_num [descentThreeNumbers]
  rwa [hκ] at h

end FlowInstance

end DeepLinear
