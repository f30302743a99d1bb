/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Certificate.Rows
public import DeepLinear.ForMathlib.Analysis.Matrix.BestApproximation
public import DeepLinear.Landscape.Main

/-!
# Certificates about a concrete network

A network with its data as lists of rational numbers, and checks that Lean's kernel evaluates: each
is a `Bool`, and a theorem says what follows for the real network when it is `true`. What a
certificate proposes (a regression `K`, a number `c`, two factorizations) may come from anywhere.

## Main definitions

* `DeepLinear.Certificate.Net`: widths, weights and data.
* `DeepLinear.Certificate.Net.loss`, `point`: the real loss, and the weights as a point.
* `DeepLinear.Certificate.Bound`: what proves a lower bound.

## Main statements

* `DeepLinear.le_datasetLoss_of_certificate`: the bound for the dataset loss.
* `DeepLinear.le_datasetLoss_endToEnd_of_certificate`: the bound for a deep linear network.
* `DeepLinear.Certificate.Net.bound_le`: no weights have a smaller loss than the bound.
* `DeepLinear.Certificate.Net.loss_le_add`: the weights are a minimum, up to `ε`.
* `DeepLinear.Certificate.Net.isMinOn`: the weights are a global minimum.
* `DeepLinear.Certificate.Net.not_isLocalMin`: the weights are no local minimum.
-/

@[expose] public section

open Matrix

/-! ### A lower bound of the loss that can be checked

Let `K` solve the normal equations, `K X Xᵀ = Y Xᵀ` (least squares; there is one for all data), let
`c ≥ 0`, and let `B` and `c + B - K X Xᵀ Kᵀ` be positive semidefinite. Then the loss of every matrix
of rank at most `p` is at least `(‖Y‖² - c p - tr B) / 2`. Over the rationals all of it can be
decided. It is sharp: with `c` the `p`-th greatest eigenvalue of `K X Xᵀ Kᵀ`. -/

namespace DeepLinear

variable {m n s : Type*} [Fintype m] [Fintype n] [Fintype s]

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
  have h := le_sqNorm_sub_of_form_le (N := (K * X)ᵀ) hc hB (by rwa [hN]) hrank
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

namespace DeepLinear.Certificate

/-- A rational matrix as a real one. -/
noncomputable def real {m n : ℕ} (A : Matrix (Fin m) (Fin n) ℚ) : Matrix (Fin m) (Fin n) ℝ :=
  A.map (Rat.castHom ℝ)

/-- A network with its data: widths `d_0, …, d_H`, weights `W_1, …, W_H`, a column a sample. -/
structure Net where
  /-- The widths of the layers, input and output among them. -/
  widths : List ℕ
  /-- The number of samples. -/
  samples : ℕ
  /-- The weights, the first layer first. -/
  weights : List Rows
  /-- The inputs. -/
  x : Rows
  /-- The outputs that are wanted. -/
  y : Rows

namespace Net

variable (N : Net)

/-- The number of weight matrices. -/
def depth : ℕ :=
  N.weights.length

/-- The width of a layer. -/
def width (k : ℕ) : ℕ :=
  N.widths.getD k 0

/-- The units of a layer. -/
abbrev Layer (k : Fin (N.depth + 1)) : Type :=
  Fin (N.width k)

/-- Weights as lists, as rational weights of these widths. -/
def ratPointOf (w : List Rows) : Weights N.Layer ℚ :=
  fun k => toMatrix _ _ (w.getD k [])

/-- Weights as lists, as real weights of these widths. -/
noncomputable def pointOf (w : List Rows) : Weights N.Layer ℝ :=
  fun k => real (N.ratPointOf w k)

/-- The weights of the network as real weights. -/
noncomputable def point : Weights N.Layer ℝ :=
  N.pointOf N.weights

/-- The inputs, rational. -/
def ratInputs : Matrix (N.Layer 0) (Fin N.samples) ℚ :=
  toMatrix _ _ N.x

/-- The outputs that are wanted, rational. -/
def ratOutputs : Matrix (N.Layer (Fin.last _)) (Fin N.samples) ℚ :=
  toMatrix _ _ N.y

/-- The inputs, real. -/
noncomputable def inputs : Matrix (N.Layer 0) (Fin N.samples) ℝ :=
  real N.ratInputs

/-- The outputs that are wanted, real. -/
noncomputable def outputs : Matrix (N.Layer (Fin.last _)) (Fin N.samples) ℝ :=
  real N.ratOutputs

/-- The loss `1/2 ‖Y - W_H ⋯ W_1 X‖²` of real weights on the data of the network. -/
noncomputable def loss (W : Weights N.Layer ℝ) : ℝ :=
  datasetLoss N.inputs N.outputs (endToEnd W)

/-- Weights as lists have the shapes that the widths ask for. -/
def isShaped (w : List Rows) : Bool :=
  (List.range N.depth).all fun k => hasShape (N.width (k + 1)) (N.width k) (w.getD k [])

/-- Weights and data have the shapes that the widths ask for. -/
def isWellFormed : Bool :=
  N.isShaped N.weights && hasShape (N.width 0) N.samples N.x &&
    hasShape (N.width N.depth) N.samples N.y

/-- The product of the first `k` layers. -/
def headRows (w : List Rows) : ℕ → Rows
  | 0 => one (N.width 0)
  | k + 1 => mul (N.width 0) (w.getD k []) (headRows w k)

/-- The loss of weights, as the kernel computes it. -/
def lossOf (w : List Rows) : ℚ :=
  sqDist N.y (mul N.samples (N.headRows w N.depth) N.x) / 2

/-- The loss of the network, as the kernel computes it. -/
def lossValue : ℚ :=
  N.lossOf N.weights

/-- No entry of the weights `w` differs from that of the network by more than `r`. -/
def isNear (r : ℚ) (w : List Rows) : Bool :=
  (List.range N.depth).all fun k => (List.range (N.width (k + 1))).all fun i =>
    (List.range (N.width k)).all fun j =>
      let difference := entry (w.getD k []) i j - entry (N.weights.getD k []) i j
      decide (-r ≤ difference) && decide (difference ≤ r)

variable {N} {w : List Rows}

lemma isWellFormed_iff : N.isWellFormed = true ↔ N.isShaped N.weights = true ∧
    hasShape (N.width 0) N.samples N.x = true ∧
      hasShape (N.width N.depth) N.samples N.y = true := by
  simp [isWellFormed, and_assoc]

lemma hasShape_of_isShaped (hw : N.isShaped w = true) (k : Fin N.depth) :
    hasShape (N.width (k + 1)) (N.width k) (w.getD k []) = true := by
  simp only [isShaped, List.all_eq_true, List.mem_range] at hw
  exact hw k k.2

lemma toMatrix_headRows (hw : N.isShaped w = true) (k : Fin (N.depth + 1)) :
    hasShape (N.width k) (N.width 0) (N.headRows w k) = true ∧
      toMatrix (N.width k) (N.width 0) (N.headRows w k) = head (N.ratPointOf w) k := by
  induction k using Fin.induction with
  | zero => exact ⟨hasShape_one, toMatrix_one⟩
  | succ k ih =>
    have hW := hasShape_of_isShaped hw k
    have hlen := length_of_hasShape ih.1
    have hrows : N.headRows w (k.succ : Fin (N.depth + 1)) =
        mul (N.width 0) (w.getD k []) (N.headRows w k) := rfl
    refine ⟨?_, ?_⟩
    · rw [hrows]
      exact hasShape_mul hW hlen
    · rw [hrows, head_succ, ← ih.2]
      exact toMatrix_mul hW hlen

/-- The loss that the kernel computes is the real loss. -/
theorem loss_pointOf (h : N.isWellFormed = true) (hw : N.isShaped w = true) :
    N.loss (N.pointOf w) = (N.lossOf w : ℚ) := by
  obtain ⟨hhead, hR⟩ := toMatrix_headRows hw (Fin.last _)
  obtain ⟨-, hx, hy⟩ := isWellFormed_iff.1 h
  have hmul := toMatrix_mul (n := N.samples) hhead (length_of_hasShape hx)
  have hreal : N.loss (N.pointOf w) = Rat.castHom ℝ
      (datasetLoss N.ratInputs N.ratOutputs (endToEnd (N.ratPointOf w))) := by
    rw [← datasetLoss_map, ← endToEnd_map]
    rfl
  have hsq : sqDist N.y (mul N.samples (N.headRows w N.depth) N.x) =
      ∑ i, ∑ j, (N.ratOutputs i j - (endToEnd (N.ratPointOf w) * N.ratInputs) i j) ^ 2 := by
    refine (sqDist_eq hy (hasShape_mul hhead (length_of_hasShape hx))).trans ?_
    refine Finset.sum_congr rfl fun i _ => Finset.sum_congr rfl fun j _ => ?_
    have hentry := congrFun (congrFun hmul i) j
    rw [hR] at hentry
    exact congrArg (fun e => (entry N.y i j - e) ^ 2) hentry
  rw [hreal, datasetLoss_eq_sum_sq, Rat.coe_castHom, lossOf, hsq]

/-- The loss of the network that the kernel computes is its real loss. -/
theorem loss_point (h : N.isWellFormed = true) : N.loss N.point = (N.lossValue : ℚ) :=
  loss_pointOf h (isWellFormed_iff.1 h).1

/-- **No local minimum**: where some weights have a smaller loss, these are no local minimum. (Every
local minimum is a global one.) -/
theorem not_isLocalMin (h : N.isWellFormed = true) (hw : N.isShaped w = true)
    (hlt : N.lossOf w < N.lossValue) :
    ¬ IsLocalMin N.loss N.point ∧ N.loss (N.pointOf w) < N.loss N.point := by
  have h1 : N.loss (N.pointOf w) < N.loss N.point := by
    rw [loss_pointOf h hw, loss_point h]
    exact_mod_cast hlt
  refine ⟨fun hmin => ?_, h1⟩
  exact h1.not_ge (isMinOn_of_isLocalMin_of_any_data N.point N.inputs N.outputs hmin
    (Set.mem_univ (N.pointOf w)))

/-- The entries of the real weights differ by no more than what the kernel has found. -/
theorem abs_pointOf_sub_le {r : ℚ} (h : N.isNear r w = true) (k : Fin N.depth)
    (i : N.Layer k.succ) (j : N.Layer k.castSucc) :
    |N.pointOf w k i j - N.point k i j| ≤ r := by
  simp only [isNear, List.all_eq_true, List.mem_range, Bool.and_eq_true, decide_eq_true_eq] at h
  obtain ⟨h1, h2⟩ := h k k.2 i i.2 j j.2
  rw [abs_le]
  have h3 : ((-r : ℚ) : ℝ) ≤
      ((entry (w.getD k []) i j - entry (N.weights.getD k []) i j : ℚ) : ℝ) := by
    exact_mod_cast h1
  have h4 : ((entry (w.getD k []) i j - entry (N.weights.getD k []) i j : ℚ) : ℝ) ≤ (r : ℝ) := by
    exact_mod_cast h2
  push_cast at h3 h4
  exact ⟨h3, h4⟩

end Net

/-- What proves a lower bound: `K` with `K X Xᵀ = Y Xᵀ`, a number `c`, and two factorizations
`B = L D Lᵀ` and `c + B - K X Xᵀ Kᵀ = L' D' L'ᵀ` with diagonal matrices that are not negative. -/
structure Bound where
  /-- The regression: `K X Xᵀ = Y Xᵀ`. -/
  regression : Rows
  /-- The number `c`. -/
  level : ℚ
  /-- The matrix `L`. -/
  above : Rows
  /-- The diagonal of `D`. -/
  aboveDiagonal : List ℚ
  /-- The matrix `L'`. -/
  rest : Rows
  /-- The diagonal of `D'`. -/
  restDiagonal : List ℚ

/-- The matrix `L D Lᵀ`. -/
def gram (L : Rows) (d : List ℚ) : Rows :=
  mulT (scaleColumns L d) L

/-- The factors of a matrix of size `m` that is positive semidefinite. -/
def isFactor (m : ℕ) (L : Rows) (d : List ℚ) : Bool :=
  hasShape m d.length L && d.all fun e => decide (0 ≤ e)

lemma toMatrix_gram {m : ℕ} {L : Rows} {d : List ℚ} (h : isFactor m L d = true) :
    toMatrix m m (gram L d) = toMatrix m d.length L *
      (Matrix.diagonal fun i : Fin d.length => d.getD i 0) * (toMatrix m d.length L)ᵀ := by
  have hL : hasShape m d.length L = true := by
    simp only [isFactor, Bool.and_eq_true] at h
    exact h.1
  rw [gram, toMatrix_mulT (hasShape_scaleColumns hL rfl) hL, toMatrix_scaleColumns hL rfl]

/-- A matrix with such factors is positive semidefinite. -/
lemma gram_nonneg {m : ℕ} {L : Rows} {d : List ℚ} (h : isFactor m L d = true) (v : Fin m → ℝ) :
    0 ≤ v ⬝ᵥ real (toMatrix m m (gram L d)) *ᵥ v := by
  have hd : ∀ i : Fin d.length, 0 ≤ d.getD i 0 := by
    intro i
    simp only [isFactor, Bool.and_eq_true, List.all_eq_true, decide_eq_true_eq] at h
    rw [getD_eq i.2]
    exact h.2 _ (List.getElem_mem _)
  set A := real (toMatrix m d.length L) with hA
  have hgram : real (toMatrix m m (gram L d)) =
      A * (Matrix.diagonal fun i : Fin d.length => ((d.getD i 0 : ℚ) : ℝ)) * Aᵀ := by
    rw [toMatrix_gram h, real, Matrix.map_mul, Matrix.map_mul, Matrix.diagonal_map (map_zero _),
      Matrix.transpose_map]
    rfl
  rw [hgram, Matrix.mul_assoc, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
    ← Matrix.mulVec_mulVec, ← Matrix.mulVec_transpose, dotProduct]
  refine Finset.sum_nonneg fun i _ => ?_
  rw [Matrix.mulVec_diagonal]
  have h0 : (0 : ℝ) ≤ ((d.getD i 0 : ℚ) : ℝ) := by exact_mod_cast hd i
  linarith [mul_nonneg h0 (mul_self_nonneg ((Aᵀ *ᵥ v) i))]

/-- The trace of a square matrix of size `m`. -/
def trace (m : ℕ) (A : Rows) : ℚ :=
  ((List.range m).map fun i => entry A i i).sum

lemma trace_eq (m : ℕ) (A : Rows) : trace m A = (toMatrix m m A).trace := by
  exact Finset.sum_range fun i => entry A i i

namespace Bound

/-- The sum of the squares of the entries. -/
def sqSum (A : Rows) : ℚ :=
  sqDist A (A.map fun a => a.map fun _ => 0)

lemma sqSum_eq {m n : ℕ} {A : Rows} (hA : hasShape m n A = true) :
    sqNorm (real (toMatrix m n A)) = (sqSum A : ℚ) := by
  have hzero : hasShape m n (A.map fun a => a.map fun _ => (0 : ℚ)) = true := by
    rw [hasShape_iff] at hA ⊢
    refine ⟨by simpa using hA.1, fun a ha => ?_⟩
    obtain ⟨a', ha', rfl⟩ := List.mem_map.1 ha
    simpa using hA.2 a' ha'
  rw [sqSum, sqDist_eq hA hzero, sqNorm, trace_mul_transpose_self]
  push_cast
  refine Finset.sum_congr rfl fun i _ => Finset.sum_congr rfl fun j _ => ?_
  have h0 : entry (A.map fun a => a.map fun _ => (0 : ℚ)) i j = 0 := by
    have hi : (i : ℕ) < A.length := (length_of_hasShape hA).symm ▸ i.2
    have hj : (j : ℕ) < (A.getD i []).length := (length_getD hA i.2).symm ▸ j.2
    rw [entry, getD_map_of_lt _ hi [], getD_map_of_lt _ hj 0]
  rw [h0]
  simp [real, toMatrix]

variable (b : Bound) (m d s : ℕ) (x y : Rows)

/-- The lower bound `(‖Y‖² - c p - tr B) / 2` of a certificate for rank `p`. -/
def value (p : ℕ) : ℚ :=
  (sqSum y - b.level * p - trace m (gram b.above b.aboveDiagonal)) / 2

/-- It is a certificate, for inputs `x`, `d × s`, and outputs `y`, `m × s`. -/
def check : Bool :=
  let products := mulT y x
  let form := mulT products b.regression
  let above := gram b.above b.aboveDiagonal
  let rest := gram b.rest b.restDiagonal
  hasShape d s x && hasShape m s y && hasShape m d b.regression && decide (0 ≤ b.level) &&
    isFactor m b.above b.aboveDiagonal && isFactor m b.rest b.restDiagonal &&
    (mul d b.regression (mulT x x) == products) &&
    (List.range m).all fun i => (List.range m).all fun j =>
      (if i = j then b.level else 0) + entry above i j == entry form i j + entry rest i j

variable {b m d s x y}

/-- A certificate bounds the loss of every matrix of rank at most `p`. -/
theorem value_le (h : b.check m d s x y = true) {p : ℕ} {A : Matrix (Fin m) (Fin d) ℝ}
    (hA : A.rank ≤ p) :
    (b.value m y p : ℝ) ≤ datasetLoss (real (toMatrix d s x)) (real (toMatrix m s y)) A := by
  simp only [check, Bool.and_eq_true, decide_eq_true_eq, beq_iff_eq, List.all_eq_true,
    List.mem_range] at h
  obtain ⟨⟨⟨⟨⟨⟨⟨hx, hy⟩, hK⟩, hc⟩, hB⟩, hT⟩, hreg⟩, hentry⟩ := h
  obtain ⟨X, hX⟩ : ∃ X, X = real (toMatrix d s x) := ⟨_, rfl⟩
  obtain ⟨Y, hY⟩ : ∃ Y, Y = real (toMatrix m s y) := ⟨_, rfl⟩
  obtain ⟨K, hKd⟩ : ∃ K, K = real (toMatrix m d b.regression) := ⟨_, rfl⟩
  obtain ⟨B, hBd⟩ : ∃ B, B = real (toMatrix m m (gram b.above b.aboveDiagonal)) := ⟨_, rfl⟩
  obtain ⟨T, hTd⟩ : ∃ T, T = real (toMatrix m m (gram b.rest b.restDiagonal)) := ⟨_, rfl⟩
  have hxx : hasShape d d (mulT x x) = true := hasShape_mulT hx hx
  have hyx : hasShape m d (mulT y x) = true := hasShape_mulT hy hx
  have hnormal : K * (X * Xᵀ) = Y * Xᵀ := by
    have h1 := toMatrix_mul (n := d) hK (length_of_hasShape hxx)
    rw [hreg, toMatrix_mulT hy hx, toMatrix_mulT hx hx] at h1
    have h2 := congrArg real h1
    simp only [real, Matrix.map_mul, Matrix.transpose_map] at h2
    rw [hX, hY, hKd]
    exact h2.symm
  have hform : real (toMatrix m m (mulT (mulT y x) b.regression)) = K * (X * Xᵀ) * Kᵀ := by
    rw [hnormal, toMatrix_mulT hyx hK, toMatrix_mulT hy hx, hX, hY, hKd]
    simp only [real, Matrix.map_mul, Matrix.transpose_map]
  have hsum : (b.level : ℝ) • (1 : Matrix (Fin m) (Fin m) ℝ) + B = K * (X * Xᵀ) * Kᵀ + T := by
    rw [← hform, hBd, hTd]
    ext i j
    have h1 := hentry i i.2 j j.2
    have h2 : (if i = j then b.level else 0) + entry (gram b.above b.aboveDiagonal) i j =
        entry (mulT (mulT y x) b.regression) i j + entry (gram b.rest b.restDiagonal) i j := by
      simpa only [Fin.ext_iff] using h1
    have h3 := congrArg (Rat.cast : ℚ → ℝ) h2
    push_cast at h3
    have hone : (b.level : ℝ) * (if i = j then 1 else 0) =
        ((if i = j then b.level else 0 : ℚ) : ℝ) := by
      split_ifs <;> simp
    rw [Matrix.add_apply, Matrix.add_apply, Matrix.smul_apply, Matrix.one_apply, smul_eq_mul, hone]
    exact h3
  have hS : ∀ v, v ⬝ᵥ (K * (X * Xᵀ) * Kᵀ) *ᵥ v ≤ (b.level : ℝ) * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v := by
    intro v
    have h1 := congrArg (fun A : Matrix (Fin m) (Fin m) ℝ => v ⬝ᵥ A *ᵥ v) hsum
    simp only [Matrix.add_mulVec, dotProduct_add, Matrix.smul_mulVec, Matrix.one_mulVec,
      dotProduct_smul, smul_eq_mul] at h1
    have h2 : 0 ≤ v ⬝ᵥ T *ᵥ v := hTd ▸ gram_nonneg hT v
    linarith
  have hmain := le_datasetLoss_of_certificate hnormal (by exact_mod_cast hc : (0 : ℝ) ≤ b.level)
    (fun v => hBd ▸ gram_nonneg hB v) hS hA
  have htrace : B.trace = ((trace m (gram b.above b.aboveDiagonal) : ℚ) : ℝ) := by
    rw [trace_eq, hBd]
    simp [Matrix.trace, real]
  rw [htrace, hY, sqSum_eq hy] at hmain
  rw [← hX]
  refine le_trans (le_of_eq ?_) hmain
  rw [value]
  push_cast
  ring

end Bound

namespace Net

variable (N : Net)

/-- The bottleneck width: the least one. -/
def bottleneckWidth : ℕ :=
  (List.range (N.depth + 1)).foldl (fun p k => min p (N.width k)) (N.width 0)

/-- The certificate is one for this network. -/
def checkBound (b : Bound) : Bool :=
  N.isWellFormed && b.check (N.width N.depth) (N.width 0) N.samples N.x N.y

/-- The lower bound of a certificate. -/
def boundValue (b : Bound) : ℚ :=
  b.value (N.width N.depth) N.y N.bottleneckWidth

variable {N}

lemma le_foldl_min (q p₀ : ℕ) : ∀ (ks : List ℕ), q ≤ p₀ → (∀ k ∈ ks, q ≤ N.width k) →
    q ≤ ks.foldl (fun p k => min p (N.width k)) p₀
  | [], h, _ => h
  | k :: ks, h, hks => le_foldl_min q _ ks (le_min h (hks k (by simp)))
      fun j hj => hks j (by simp [hj])

lemma bottleneck_le_bottleneckWidth : bottleneck N.Layer ≤ N.bottleneckWidth := by
  have hle : ∀ k : Fin (N.depth + 1), bottleneck N.Layer ≤ N.width k := fun k =>
    (bottleneck_le k).trans_eq (Fintype.card_fin _)
  exact le_foldl_min _ _ _ (hle 0) fun k hk => hle ⟨k, List.mem_range.1 hk⟩

lemma isWellFormed_of_checkBound {b : Bound} (h : N.checkBound b = true) :
    N.isWellFormed = true := by
  simp only [checkBound, Bool.and_eq_true] at h
  exact h.1

/-- **A lower bound**: where the certificate is one, no weights have a loss below its value. -/
theorem bound_le {b : Bound} (h : N.checkBound b = true) (W : Weights N.Layer ℝ) :
    (N.boundValue b : ℝ) ≤ N.loss W := by
  simp only [checkBound, Bool.and_eq_true] at h
  exact Bound.value_le h.2 ((rank_endToEnd_le W).trans bottleneck_le_bottleneckWidth)

/-- **A lower bound**, as a number: no weights have a loss below `v`. -/
theorem le_loss {b : Bound} {v : ℚ} (h : N.checkBound b = true) (hv : v ≤ N.boundValue b)
    (W : Weights N.Layer ℝ) : (v : ℝ) ≤ N.loss W :=
  le_trans (by exact_mod_cast hv) (bound_le h W)

/-- **Near the minimum**: where the certificate is one and its bound is within `ε` of the loss, the
weights are a global minimum up to `ε`. -/
theorem loss_le_add {b : Bound} {ε : ℚ} (h : N.checkBound b = true)
    (hε : N.lossValue ≤ N.boundValue b + ε) (W : Weights N.Layer ℝ) :
    N.loss N.point ≤ N.loss W + ε := by
  have h1 := bound_le h W
  rw [loss_point (isWellFormed_of_checkBound h)]
  have h2 : (N.lossValue : ℝ) ≤ N.boundValue b + ε := by exact_mod_cast hε
  linarith

/-- **A global minimum**: where the bound is the loss. -/
theorem isMinOn {b : Bound} (h : N.checkBound b = true) (hb : N.lossValue ≤ N.boundValue b) :
    IsMinOn N.loss Set.univ N.point := fun W _ => by
  have h1 := loss_le_add (ε := 0) h (by simpa using hb) W
  simpa using h1

end Net

end DeepLinear.Certificate
