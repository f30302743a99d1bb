/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Certificate.Checker
public import DeepLinear.Landscape.Saddles

/-!
# Certificates: critical points and strict saddles

The gradient and the second derivative along a direction, on lists that the kernel computes with.

## Main statements

* `DeepLinear.Certificate.Net.isCritical_point`: the gradient is zero.
* `DeepLinear.Certificate.Net.isStrictSaddle_point`: and a second derivative is negative.
-/

@[expose] public section

open Matrix

namespace DeepLinear.Certificate

/-- The sum of two matrices of one shape. -/
def add (A B : Rows) : Rows :=
  List.zipWith (List.zipWith (· + ·)) A B

/-- The difference of two matrices of one shape. -/
def sub (A B : Rows) : Rows :=
  List.zipWith (List.zipWith (· - ·)) A B

/-- The zero matrix. -/
def zeros (m n : ℕ) : Rows :=
  (List.range m).map fun _ => (List.range n).map fun _ => 0

/-- The inner product `tr (A Bᵀ)` of two matrices of one shape. -/
def inner : Rows → Rows → ℚ
  | a :: as, b :: bs => dot a b + inner as bs
  | _, _ => 0

variable {m n : ℕ} {A B : Rows}

lemma zipWith_getD (f : ℚ → ℚ → ℚ) {i j : ℕ} (hA : hasShape m n A = true)
    (hB : hasShape m n B = true) (hi : i < m) (hj : j < n) :
    entry (List.zipWith (List.zipWith f) A B) i j = f (entry A i j) (entry B i j) := by
  have hiA : i < A.length := (length_of_hasShape hA).symm ▸ hi
  have hiB : i < B.length := (length_of_hasShape hB).symm ▸ hi
  have hjA : j < A[i].length := by
    rw [(hasShape_iff.1 hA).2 _ (List.getElem_mem hiA)]
    exact hj
  have hjB : j < B[i].length := by
    rw [(hasShape_iff.1 hB).2 _ (List.getElem_mem hiB)]
    exact hj
  have hrow : (List.zipWith (List.zipWith f) A B).getD i [] = List.zipWith f A[i] B[i] := by
    rw [getD_eq (by rw [List.length_zipWith]; exact lt_min hiA hiB), List.getElem_zipWith]
  simp only [entry]
  rw [hrow, getD_eq hiA, getD_eq hiB, getD_eq (by rw [List.length_zipWith]; exact lt_min hjA hjB),
    List.getElem_zipWith, getD_eq hjA, getD_eq hjB]

lemma hasShape_zipWith (f : ℚ → ℚ → ℚ) (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    hasShape m n (List.zipWith (List.zipWith f) A B) = true := by
  rw [hasShape_iff]
  refine ⟨by rw [List.length_zipWith, length_of_hasShape hA, length_of_hasShape hB, min_self],
    fun c hc => ?_⟩
  obtain ⟨i, hi, rfl⟩ := List.getElem_of_mem hc
  rw [List.length_zipWith] at hi
  rw [List.getElem_zipWith, List.length_zipWith,
    (hasShape_iff.1 hA).2 _ (List.getElem_mem (hi.trans_le (min_le_left _ _))),
    (hasShape_iff.1 hB).2 _ (List.getElem_mem (hi.trans_le (min_le_right _ _))), min_self]

lemma toMatrix_add (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    toMatrix m n (add A B) = toMatrix m n A + toMatrix m n B := by
  ext i j
  exact zipWith_getD _ hA hB i.2 j.2

lemma toMatrix_sub (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    toMatrix m n (sub A B) = toMatrix m n A - toMatrix m n B := by
  ext i j
  exact zipWith_getD _ hA hB i.2 j.2

lemma hasShape_zeros : hasShape m n (zeros m n) = true := by
  simp [hasShape, zeros]

lemma toMatrix_zeros : toMatrix m n (zeros m n) = 0 := by
  ext i j
  simp only [toMatrix, Matrix.of_apply, entry, Matrix.zero_apply]
  rw [zeros, getD_range_map _ i.2, getD_range_map _ j.2]

lemma inner_eq : ∀ (m : ℕ) (A B : Rows), hasShape m n A = true → hasShape m n B = true →
    inner A B = ∑ i : Fin m, ∑ j : Fin n, entry A i j * entry B i j
  | 0, A, B, hA, _ => by
    rw [List.length_eq_zero_iff.1 (length_of_hasShape hA)]
    simp [inner]
  | m + 1, [], _, hA, _ => by simp [hasShape] at hA
  | m + 1, _ :: _, [], _, hB => by simp [hasShape] at hB
  | m + 1, a :: as, b :: bs, hA, hB => by
    rw [hasShape_iff] at hA hB
    have ha : a.length = n := hA.2 a (by simp)
    have hb : b.length = n := hB.2 b (by simp)
    rw [inner, Fin.sum_univ_succ, dot, sum₂_eq _ n a b ha hb,
      inner_eq m as bs (hasShape_iff.2 ⟨by simpa using hA.1, fun x hx => hA.2 x (by simp [hx])⟩)
        (hasShape_iff.2 ⟨by simpa using hB.1, fun x hx => hB.2 x (by simp [hx])⟩)]
    simp [entry]

lemma inner_eq_trace (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    inner A B = (toMatrix m n A * (toMatrix m n B)ᵀ).trace := by
  rw [inner_eq m A B hA hB, trace_mul_transpose]
  rfl

namespace Net

variable (N : Net) (w v : List Rows)

/-- The slope `(R X - Y) Xᵀ` of the loss in the end-to-end matrix. -/
def slopeRows : Rows :=
  sub (mul (N.width 0) (N.headRows w N.depth) (mulT N.x N.x)) (mulT N.y N.x)

/-- The slope, seen from the layer `j` layers below the output: `T_kᵀ G` with `k = H - j`. -/
def backRows : ℕ → Rows
  | 0 => N.slopeRows w
  | j + 1 => mul (N.width 0) (transpose (N.width (N.depth - 1 - j)) (w.getD (N.depth - 1 - j) []))
      (backRows j)

/-- All entries of the gradient are zero. -/
def isZeroGradient : Bool :=
  (List.range N.depth).all fun k =>
    (mulT (N.backRows w (N.depth - 1 - k)) (N.headRows w k)).all fun a => a.all fun e => e == 0

/-- The derivative of the product of the first `k` layers in the direction `v`. -/
def headDerivRows : ℕ → Rows
  | 0 => zeros (N.width 0) (N.width 0)
  | k + 1 => add (mul (N.width 0) (v.getD k []) (N.headRows w k))
      (mul (N.width 0) (w.getD k []) (headDerivRows k))

/-- The second derivative of the product of the first `k` layers in the direction `v`. -/
def headDeriv₂Rows : ℕ → Rows
  | 0 => zeros (N.width 0) (N.width 0)
  | k + 1 => add (add (mul (N.width 0) (v.getD k []) (N.headDerivRows w v k))
      (mul (N.width 0) (v.getD k []) (N.headDerivRows w v k)))
      (mul (N.width 0) (w.getD k []) (headDeriv₂Rows k))

/-- The second derivative of the loss in the direction `v`. -/
def secondValue : ℚ :=
  let moved := mul N.samples (N.headDerivRows w v N.depth) N.x
  let residual := sub (mul N.samples (N.headRows w N.depth) N.x) N.y
  inner moved moved + inner residual (mul N.samples (N.headDeriv₂Rows w v N.depth) N.x)

variable {N w v}

lemma toMatrix_slopeRows (h : N.isWellFormed = true) (hw : N.isShaped w = true) :
    hasShape (N.width N.depth) (N.width 0) (N.slopeRows w) = true ∧
      toMatrix (N.width N.depth) (N.width 0) (N.slopeRows w) =
        (endToEnd (N.ratPointOf w) * N.ratInputs - N.ratOutputs) * N.ratInputsᵀ := by
  obtain ⟨hhead, hR⟩ : hasShape (N.width N.depth) (N.width 0) (N.headRows w N.depth) = true ∧
      toMatrix (N.width N.depth) (N.width 0) (N.headRows w N.depth) =
        endToEnd (N.ratPointOf w) := toMatrix_headRows hw (Fin.last _)
  obtain ⟨-, hx, hy⟩ := isWellFormed_iff.1 h
  have hxx := hasShape_mulT hx hx
  have hyx := hasShape_mulT hy hx
  have hRx := hasShape_mul (n := N.width 0) hhead (length_of_hasShape hxx)
  refine ⟨hasShape_zipWith _ hRx hyx, ?_⟩
  have h1 := toMatrix_mul (n := N.width 0) hhead (length_of_hasShape hxx)
  rw [hR, toMatrix_mulT hx hx] at h1
  have h2 := toMatrix_sub hRx hyx
  rw [h1, toMatrix_mulT hy hx] at h2
  refine h2.trans ?_
  rw [Matrix.sub_mul, Matrix.mul_assoc]
  rfl

lemma toMatrix_backRows (h : N.isWellFormed = true) (hw : N.isShaped w = true)
    (k : Fin (N.depth + 1)) :
    hasShape (N.width k) (N.width 0) (N.backRows w (N.depth - k)) = true ∧
      toMatrix (N.width k) (N.width 0) (N.backRows w (N.depth - k)) =
        (tail (N.ratPointOf w) k)ᵀ *
          ((endToEnd (N.ratPointOf w) * N.ratInputs - N.ratOutputs) * N.ratInputsᵀ) := by
  induction k using Fin.reverseInduction with
  | last =>
    have h0 : N.depth - ((Fin.last N.depth : Fin (N.depth + 1)) : ℕ) = 0 := by simp
    rw [h0, tail_last, Matrix.transpose_one, Matrix.one_mul]
    exact toMatrix_slopeRows h hw
  | cast k ih =>
    have hk : N.depth - (k.castSucc : ℕ) = N.depth - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    have hindex : N.depth - 1 - (N.depth - (k.succ : ℕ)) = k := by
      simp only [Fin.val_succ]
      omega
    have hW := hasShape_of_isShaped hw k
    have hWt := hasShape_transpose (n := N.width k) (length_of_hasShape hW)
    have hlen := length_of_hasShape ih.1
    have hrows : N.backRows w (N.depth - (k.castSucc : ℕ)) = mul (N.width 0)
        (transpose (N.width k) (w.getD k [])) (N.backRows w (N.depth - (k.succ : ℕ))) := by
      rw [hk, backRows, hindex]
    refine ⟨?_, ?_⟩
    · rw [hrows]
      exact hasShape_mul hWt hlen
    · rw [hrows, tail_castSucc, Matrix.transpose_mul, Matrix.mul_assoc, ← ih.2]
      refine (toMatrix_mul hWt hlen).trans ?_
      rw [toMatrix_transpose (length_of_hasShape hW)]
      rfl

/-- **A critical point**: the gradient that the kernel computes is zero. -/
theorem isCritical_point (h : N.isWellFormed = true)
    (hzero : N.isZeroGradient N.weights = true) :
    IsCritical N.point (datasetLoss N.inputs N.outputs) := by
  have hw := (isWellFormed_iff.1 h).1
  refine (isCritical_datasetLoss_iff (ι := N.Layer) _ _ _).2 fun k => ?_
  have hrat : datasetGradient N.ratInputs N.ratOutputs (N.ratPointOf N.weights) k = 0 := by
    obtain ⟨hb, hB⟩ := toMatrix_backRows h hw k.succ
    obtain ⟨hs, hS⟩ := toMatrix_headRows hw k.castSucc
    have hprod := toMatrix_mulT hb hs
    rw [hB, hS] at hprod
    refine hprod.symm.trans ?_
    simp only [isZeroGradient, List.all_eq_true, List.mem_range, beq_iff_eq] at hzero
    have hk : N.depth - (k.succ : ℕ) = N.depth - 1 - k := by
      simp only [Fin.val_succ]
      omega
    have hshape := hasShape_mulT hb hs
    ext i j
    have hi := i.2.trans_eq (length_of_hasShape hshape).symm
    have hj := j.2.trans_eq (length_getD hshape i.2).symm
    have hmem := List.getElem_mem hi
    have hval : entry (mulT (N.backRows N.weights (N.depth - (k.succ : ℕ)))
        (N.headRows N.weights (k.castSucc : ℕ))) i j = 0 := by
      rw [entry, getD_eq hj]
      refine hzero k k.2 _ ?_ _ (List.getElem_mem _)
      rw [getD_eq hi, ← hk]
      exact hmem
    exact hval
  have hmap := datasetGradient_map (ι := N.Layer) (Rat.castHom ℝ) N.ratInputs N.ratOutputs
    (N.ratPointOf N.weights) k
  rw [hrat] at hmap
  exact hmap.trans (Matrix.map_zero _ (map_zero _))

lemma toMatrix_headDerivRows (hw : N.isShaped w = true) (hv : N.isShaped v = true)
    (k : Fin (N.depth + 1)) :
    hasShape (N.width k) (N.width 0) (N.headDerivRows w v k) = true ∧
      toMatrix (N.width k) (N.width 0) (N.headDerivRows w v k) =
        headDeriv (N.ratPointOf w) (N.ratPointOf v) k := by
  induction k using Fin.induction with
  | zero => exact ⟨hasShape_zeros, toMatrix_zeros⟩
  | succ k ih =>
    obtain ⟨hs, hS⟩ := toMatrix_headRows hw k.castSucc
    have hW := hasShape_of_isShaped hw k
    have hV := hasShape_of_isShaped hv k
    have h1 := hasShape_mul (n := N.width 0) hV (length_of_hasShape hs)
    have h2 := hasShape_mul (n := N.width 0) hW (length_of_hasShape ih.1)
    refine ⟨hasShape_zipWith _ h1 h2, ?_⟩
    rw [headDeriv_succ, ← ih.2, ← hS]
    refine (toMatrix_add h1 h2).trans ?_
    rw [toMatrix_mul hV (length_of_hasShape hs), toMatrix_mul hW (length_of_hasShape ih.1)]
    rfl

lemma toMatrix_headDeriv₂Rows (hw : N.isShaped w = true) (hv : N.isShaped v = true)
    (k : Fin (N.depth + 1)) :
    hasShape (N.width k) (N.width 0) (N.headDeriv₂Rows w v k) = true ∧
      toMatrix (N.width k) (N.width 0) (N.headDeriv₂Rows w v k) =
        headDeriv₂ (N.ratPointOf w) (N.ratPointOf v) (N.ratPointOf v) k := by
  induction k using Fin.induction with
  | zero => exact ⟨hasShape_zeros, toMatrix_zeros⟩
  | succ k ih =>
    obtain ⟨hd, hD⟩ := toMatrix_headDerivRows hw hv k.castSucc
    have hW := hasShape_of_isShaped hw k
    have hV := hasShape_of_isShaped hv k
    have h1 := hasShape_mul (n := N.width 0) hV (length_of_hasShape hd)
    have h2 := hasShape_mul (n := N.width 0) hW (length_of_hasShape ih.1)
    have h3 := hasShape_zipWith (· + ·) h1 h1
    refine ⟨hasShape_zipWith _ h3 h2, ?_⟩
    rw [headDeriv₂_succ, ← ih.2, ← hD]
    refine (toMatrix_add h3 h2).trans ?_
    have h4 := toMatrix_add h1 h1
    rw [toMatrix_mul hV (length_of_hasShape hd)] at h4
    rw [show List.zipWith (List.zipWith (· + ·)) _ _ = add _ _ from rfl, h4,
      toMatrix_mul hW (length_of_hasShape ih.1)]
    rfl

/-- **A strict saddle**: the gradient is zero, and along `v` the second derivative is negative. -/
theorem isStrictSaddle_point (h : N.isWellFormed = true)
    (hzero : N.isZeroGradient N.weights = true) (hv : N.isShaped v = true)
    (hneg : N.secondValue N.weights v < 0) :
    IsStrictSaddle N.point (datasetLoss N.inputs N.outputs) := by
  obtain ⟨hw, hx, hy⟩ := isWellFormed_iff.1 h
  obtain ⟨hr, hR⟩ := toMatrix_headRows hw (Fin.last _)
  obtain ⟨hd, hD⟩ := toMatrix_headDerivRows hw hv (Fin.last _)
  obtain ⟨he, hE⟩ := toMatrix_headDeriv₂Rows hw hv (Fin.last _)
  have hlen := length_of_hasShape hx
  have hrat : N.secondValue N.weights v = datasetHessian N.ratInputs N.ratOutputs
      (N.ratPointOf N.weights) (N.ratPointOf v) (N.ratPointOf v) := by
    have hrx := hasShape_mul (n := N.samples) hr hlen
    have hdx := hasShape_mul (n := N.samples) hd hlen
    have hex := hasShape_mul (n := N.samples) he hlen
    have h1 := inner_eq_trace hdx hdx
    have h2 := inner_eq_trace (hasShape_zipWith (· - ·) hrx hy) hex
    have h3 := toMatrix_sub hrx hy
    rw [toMatrix_mul hd hlen, hD] at h1
    rw [toMatrix_mul he hlen, hE, show List.zipWith (List.zipWith (· - ·)) _ _ = sub _ _ from rfl,
      h3, toMatrix_mul hr hlen, hR] at h2
    exact congrArg₂ (· + ·) h1 h2
  refine isStrictSaddle_of_datasetHessian_neg (ι := N.Layer) (V := N.pointOf v) _ _
    (isCritical_point h hzero) ?_
  have hmap := datasetHessian_map (ι := N.Layer) (Rat.castHom ℝ) (N.ratPointOf N.weights)
    (N.ratPointOf v) (N.ratPointOf v) N.ratInputs N.ratOutputs
  refine hmap.trans_lt ?_
  rw [← hrat, Rat.coe_castHom]
  exact_mod_cast hneg

end Net

end DeepLinear.Certificate
