/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Certificate.Checker
public import DeepLinear.Landscape.Saddles
public import DeepLinear.Landscape.SecondOrder

/-!
# Certificates: critical points, strict saddles, and saddles that are not strict

The gradient and the second derivative along a direction, on lists that the kernel computes with.

## Main statements

* `DeepLinear.Certificate.Net.isCritical_point`: the gradient is zero.
* `DeepLinear.Certificate.Net.isStrictSaddle_point`: and a second derivative is negative.
* `DeepLinear.not_isStrictSaddle_of_rat`: what a rational computation has to show.
* `DeepLinear.Certificate.Net.isFlatSaddle_point`: the checker is sound.
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

lemma inner_eq_trace (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    inner A B = (toMatrix m n A * (toMatrix m n B)ᵀ).trace := by
  rw [inner_eq hA hB, trace_mul_transpose]
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
  refine (isCritical_datasetLoss_iff _ _ _).2 fun k => ?_
  have hrat : datasetGradient (N.ratPointOf N.weights) N.ratInputs N.ratOutputs k = 0 := by
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
  have hmap := datasetGradient_map (Rat.castHom ℝ) (N.ratPointOf N.weights) N.ratInputs
    N.ratOutputs k
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
  have hrat : N.secondValue N.weights v = datasetHessian (N.ratPointOf N.weights) N.ratInputs
      N.ratOutputs (N.ratPointOf v) (N.ratPointOf v) := by
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
  refine isStrictSaddle_of_datasetHessian_neg (V := N.pointOf v)
    (isCritical_point h hzero) ?_
  have hmap := datasetHessian_map (Rat.castHom ℝ) (N.ratPointOf N.weights)
    (N.ratPointOf v) (N.ratPointOf v) N.ratInputs N.ratOutputs
  refine hmap.trans_lt ?_
  rw [← hrat, Rat.coe_castHom]
  exact_mod_cast hneg

end Net

end DeepLinear.Certificate

/-! ### Certificates: saddles that are not strict

Let `P R Q = 1` with `r` rows in `P`, and `R = R Q P R`: then `R` has rank `r`. A product `M` of the
layers between two others, with `T M S = R`, has rank `r` as well if `M = M S Q P T M`. So ranks are
shown by products alone. -/

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s]

/-- Rational weights have no direction of negative curvature, by products alone: `R` has rank `r`
and minimizes the loss among the matrices of rank at most `r`, and all pairs of layers are tight. -/
theorem not_isStrictSaddle_of_rat (hH : 1 ≤ H) {W : Weights ι ℚ} {X : Matrix (ι 0) s ℚ}
    {Y : Matrix (ι (Fin.last H)) s ℚ} {X' : Matrix s (ι 0) ℚ} (hX : X * X' = 1)
    (hW : IsCritical (fun k => (W k).map (Rat.castHom ℝ) : Weights ι ℝ)
      (datasetLoss (X.map (Rat.castHom ℝ)) (Y.map (Rat.castHom ℝ))))
    {r : ℕ} {P : Matrix (Fin r) (ι (Fin.last H)) ℚ} {Q : Matrix (ι 0) (Fin r) ℚ}
    (hPQ : P * endToEnd W * Q = 1) (hR : endToEnd W * Q * (P * endToEnd W) = endToEnd W)
    (hmin : ∀ A : Matrix (ι (Fin.last H)) (ι 0) ℝ, A.rank ≤ r →
      datasetLoss (X.map (Rat.castHom ℝ)) (Y.map (Rat.castHom ℝ))
        ((endToEnd W).map (Rat.castHom ℝ)) ≤
        datasetLoss (X.map (Rat.castHom ℝ)) (Y.map (Rat.castHom ℝ)) A)
    (ht : ∀ j k : Fin H, j < k →
      between W j.succ k.castSucc * (head W j.succ * Q) *
          (P * (tail W k.castSucc * between W j.succ k.castSucc)) = between W j.succ k.castSucc ∨
        (tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) * (head W j.castSucc)ᵀ = 0) :
    ¬ IsStrictSaddle (fun k => (W k).map (Rat.castHom ℝ) : Weights ι ℝ)
      (datasetLoss (X.map (Rat.castHom ℝ)) (Y.map (Rat.castHom ℝ))) := by
  have hpd : (X.map (Rat.castHom ℝ) * (X.map (Rat.castHom ℝ))ᵀ).PosDef := by
    refine posDef_mul_transpose_of_mul_eq_one (G' := X'.map (Rat.castHom ℝ)) ?_
    rw [← Matrix.map_mul, hX]
    exact Matrix.map_one _ (map_zero _) (map_one _)
  have hmap : endToEnd (fun k => (W k).map (Rat.castHom ℝ)) = (endToEnd W).map (Rat.castHom ℝ) :=
    endToEnd_map (Rat.castHom ℝ)
  have hrank : (endToEnd fun k => (W k).map (Rat.castHom ℝ)).rank = r := by
    rw [hmap]
    refine le_antisymm ?_ ?_
    · rw [← hR, Matrix.map_mul]
      exact rank_le_of_eq_mul rfl
    · have h1 : P.map (Rat.castHom ℝ) * (endToEnd W).map (Rat.castHom ℝ) *
          Q.map (Rat.castHom ℝ) = (1 : Matrix (Fin r) (Fin r) ℝ) := by
        rw [← Matrix.map_mul, ← Matrix.map_mul, hPQ]
        exact Matrix.map_one _ (map_zero _) (map_one _)
      have h2 := (rank_mul_le_left (P.map (Rat.castHom ℝ) * (endToEnd W).map (Rat.castHom ℝ))
        (Q.map (Rat.castHom ℝ))).trans (rank_mul_le_right _ _)
      rw [h1, Matrix.rank_one, Fintype.card_fin] at h2
      exact h2
  refine (not_isStrictSaddle_iff hH hpd hW).2 ⟨fun A hA => ?_, fun j k hjk => ?_⟩
  · have h := hmin A (hA.trans_eq hrank)
    rw [← hmap] at h
    exact h
  · rcases ht j k hjk with h | h
    · left
      refine le_antisymm ?_ ?_
      · rw [between_map W (Rat.castHom ℝ), ← h, Matrix.map_mul, hrank]
        exact rank_le_of_eq_mul rfl
      · rw [← tail_mul_between_mul_head _ hjk]
        exact (rank_mul_le_left _ _).trans (rank_mul_le_right _ _)
    · right
      have h2 := congrArg (fun A => A.map (Rat.castHom ℝ)) h
      simp only [Matrix.map_mul, Matrix.transpose_map, Matrix.map_sub _ (map_sub _),
        ← endToEnd_map, ← tail_map, ← head_map] at h2
      exact h2.trans (Matrix.map_zero _ (map_zero _))

namespace Certificate

/-- What proves that a critical point is a saddle, and not a strict one. -/
structure Flat where
  /-- The inverse of `X Xᵀ`. -/
  inverse : Rows
  /-- The matrix `P` with `P R Q = 1`; it has as many rows as the end-to-end matrix has rank. -/
  left : Rows
  /-- The matrix `Q`. -/
  right : Rows
  /-- What proves that no matrix of this rank has a smaller loss than the end-to-end matrix. -/
  bound : Bound
  /-- Weights of smaller loss. -/
  better : List Rows

namespace Net

variable (N : Net) (w : List Rows)

/-- The identity matrix in the place `j` of the layers, and zero elsewhere. -/
def singleRows (j k : ℕ) : Rows :=
  if k = j then one (N.width k) else zeros (N.width k) (N.width j)

/-- The product of the layers from `j` to `k`. -/
def betweenRows (j : ℕ) : ℕ → Rows
  | 0 => N.singleRows j 0
  | k + 1 => add (mul (N.width j) (w.getD k []) (betweenRows j k)) (N.singleRows j (k + 1))

/-- The layers strictly between `j` and `k` have the rank of the end-to-end matrix, or the gradient
does not see the pair. -/
def isTightPair (f : Flat) (j k : ℕ) : Bool :=
  let r := f.left.length
  let n := N.width (j + 1)
  let M := N.betweenRows w (j + 1) k
  let S := mul r (N.headRows w (j + 1)) f.right
  let T := mul n f.left (mul n (N.betweenRows w k N.depth) M)
  (mul n (mul r M S) T == M) ||
    mulT (N.backRows w (N.depth - 1 - k)) (N.headRows w j) ==
      zeros (N.width (k + 1)) (N.width j)

/-- What is proposed proves that the weights are a saddle, and not a strict one. -/
def isFlat (f : Flat) : Bool :=
  let d := N.width 0
  let m := N.width N.depth
  let r := f.left.length
  let R := N.headRows N.weights N.depth
  N.isWellFormed && N.isZeroGradient N.weights && decide (0 < N.depth) &&
    ((List.range (N.depth + 1)).all fun k => decide (0 < N.width k)) &&
    N.isShaped f.better && decide (N.lossOf f.better < N.lossValue) &&
    hasShape d d f.inverse && (mul d (mulT N.x N.x) f.inverse == one d) &&
    hasShape r m f.left && hasShape d r f.right && (mul r (mul d f.left R) f.right == one r) &&
    (mul d (mul r R f.right) (mul d f.left R) == R) &&
    f.bound.check m d N.samples N.x N.y && decide (N.lossValue ≤ f.bound.value m N.y r) &&
    (List.range N.depth).all fun k => (List.range k).all fun j => N.isTightPair N.weights f j k

variable {N w}

lemma toMatrix_singleRows (j k : Fin (N.depth + 1)) :
    hasShape (N.width k) (N.width j) (N.singleRows j k) = true ∧
      toMatrix (N.width k) (N.width j) (N.singleRows j k) =
        (Pi.single j 1 : ∀ k : Fin (N.depth + 1), Matrix (N.Layer k) (N.Layer j) ℚ) k := by
  rcases eq_or_ne k j with rfl | h
  · rw [singleRows, if_pos rfl, Pi.single_eq_same]
    exact ⟨hasShape_one, toMatrix_one⟩
  · rw [singleRows, if_neg (Fin.val_ne_of_ne h), Pi.single_eq_of_ne h]
    exact ⟨hasShape_zeros, toMatrix_zeros⟩

lemma toMatrix_betweenRows (hw : N.isShaped w = true) (j k : Fin (N.depth + 1)) :
    hasShape (N.width k) (N.width j) (N.betweenRows w j k) = true ∧
      toMatrix (N.width k) (N.width j) (N.betweenRows w j k) =
        between (N.ratPointOf w) j k := by
  induction k using Fin.induction with
  | zero => exact toMatrix_singleRows j 0
  | succ k ih =>
    have hW := hasShape_of_isShaped hw k
    have hlen := length_of_hasShape ih.1
    have h1 := hasShape_mul (n := N.width j) hW hlen
    obtain ⟨h2, hS⟩ := toMatrix_singleRows j k.succ
    refine ⟨hasShape_zipWith _ h1 h2, ?_⟩
    rw [between_succ, ← ih.2, ← hS]
    refine (toMatrix_add h1 h2).trans ?_
    rw [toMatrix_mul hW hlen]
    rfl

lemma tight_of_isTightPair (h : N.isWellFormed = true) {f : Flat}
    (hP : hasShape f.left.length (N.width N.depth) f.left = true)
    (hQ : hasShape (N.width 0) f.left.length f.right = true) {j k : Fin N.depth}
    (hjk : N.isTightPair N.weights f j k = true) :
    between (N.ratPointOf N.weights) j.succ k.castSucc *
          (head (N.ratPointOf N.weights) j.succ *
            (toMatrix _ _ f.right : Matrix (N.Layer 0) (Fin f.left.length) ℚ)) *
        ((toMatrix _ _ f.left : Matrix (Fin f.left.length) (N.Layer (Fin.last _)) ℚ) *
          (tail (N.ratPointOf N.weights) k.castSucc *
            between (N.ratPointOf N.weights) j.succ k.castSucc)) =
        between (N.ratPointOf N.weights) j.succ k.castSucc ∨
      (tail (N.ratPointOf N.weights) k.succ)ᵀ *
          ((endToEnd (N.ratPointOf N.weights) * N.ratInputs - N.ratOutputs) * N.ratInputsᵀ) *
        (head (N.ratPointOf N.weights) j.castSucc)ᵀ = 0 := by
  have hw := (isWellFormed_iff.1 h).1
  simp only [isTightPair, Bool.or_eq_true, beq_iff_eq] at hjk
  refine hjk.imp (fun h1 => ?_) fun h1 => ?_
  · obtain ⟨hm, hM⟩ := toMatrix_betweenRows hw j.succ k.castSucc
    obtain ⟨hs, hS⟩ := toMatrix_headRows hw j.succ
    obtain ⟨ht, hT⟩ := toMatrix_betweenRows hw k.castSucc (Fin.last _)
    have hms := length_of_hasShape hm
    replace hP : hasShape f.left.length (N.width (Fin.last N.depth : Fin (N.depth + 1))) f.left =
        true := hP
    have hsq := hasShape_mul (n := f.left.length) hs (length_of_hasShape hQ)
    have htm := hasShape_mul (n := N.width j.succ) ht hms
    have hptm := hasShape_mul (n := N.width j.succ) hP (length_of_hasShape htm)
    have hmsq := hasShape_mul (n := f.left.length) hm (length_of_hasShape hsq)
    have h2 := toMatrix_mul (n := N.width j.succ) hmsq (length_of_hasShape hptm)
    rw [toMatrix_mul hm (length_of_hasShape hsq), toMatrix_mul hs (length_of_hasShape hQ),
      toMatrix_mul hP (length_of_hasShape htm), toMatrix_mul ht hms, hM, hS, hT,
      between_last] at h2
    exact h2.symm.trans ((congrArg (toMatrix _ _) h1).trans hM)
  · obtain ⟨hb, hB⟩ := toMatrix_backRows h hw k.succ
    obtain ⟨hs, hS⟩ := toMatrix_headRows hw j.castSucc
    have hk : N.depth - (k.succ : ℕ) = N.depth - 1 - k := by
      simp only [Fin.val_succ]
      omega
    have h2 := toMatrix_mulT hb hs
    rw [hB, hS, hk] at h2
    refine h2.symm.trans ?_
    refine (congrArg (toMatrix _ _) h1).trans ?_
    exact toMatrix_zeros

/-- **A saddle that is not strict**: the gradient is zero, some weights have a smaller loss, and no
direction has a negative second derivative. -/
theorem isFlatSaddle_point {f : Flat} (h : N.isFlat f = true) :
    IsSaddle N.point (datasetLoss N.inputs N.outputs) ∧
      ¬ IsStrictSaddle N.point (datasetLoss N.inputs N.outputs) := by
  simp only [isFlat, Bool.and_eq_true, decide_eq_true_eq, beq_iff_eq, List.all_eq_true,
    List.mem_range] at h
  obtain ⟨⟨⟨⟨⟨⟨⟨⟨⟨⟨⟨⟨⟨⟨hN, hzero⟩, hH⟩, hpos⟩, hbs⟩, hbetter⟩, hi⟩, hinv⟩, hP⟩, hQ⟩, hPQ⟩, hRQ⟩,
    hcheck⟩, hmin⟩, ht⟩ := h
  obtain ⟨hw, hx, -⟩ := isWellFormed_iff.1 hN
  have : ∀ k, Nonempty (N.Layer k) := fun k => ⟨⟨0, hpos k k.2⟩⟩
  have hcrit := isCritical_point hN hzero
  obtain ⟨hr, hR⟩ := toMatrix_headRows hw (Fin.last _)
  refine ⟨isSaddle_of_isCritical hH hcrit fun hglobal => ?_, ?_⟩
  · exact (not_isLocalMin hN hbs hbetter).2.not_ge (hglobal (Set.mem_univ (N.pointOf f.better)))
  · have hxx := hasShape_mulT hx hx
    have hXX : N.ratInputs * (N.ratInputsᵀ *
        (toMatrix _ _ f.inverse : Matrix (N.Layer 0) (N.Layer 0) ℚ)) = 1 := by
      have h1 := toMatrix_mul (n := N.width 0) hxx (length_of_hasShape hi)
      rw [hinv, toMatrix_mulT hx hx, toMatrix_one, Matrix.mul_assoc] at h1
      exact h1.symm
    have hP' : hasShape f.left.length (N.width (Fin.last N.depth : Fin (N.depth + 1))) f.left =
        true := hP
    have hpr := hasShape_mul (n := N.width 0) hP' (length_of_hasShape hr)
    have hrq := hasShape_mul (n := f.left.length) hr (length_of_hasShape hQ)
    refine not_isStrictSaddle_of_rat (r := f.left.length) hH hXX hcrit
      (P := toMatrix _ _ f.left) (Q := toMatrix _ _ f.right) ?_ ?_ (fun A hA => ?_)
      fun j k hjk => tight_of_isTightPair hN hP hQ (ht k k.2 j hjk)
    · have h1 := toMatrix_mul (n := f.left.length) hpr (length_of_hasShape hQ)
      rw [toMatrix_mul hP' (length_of_hasShape hr), hR] at h1
      refine h1.symm.trans ?_
      exact (congrArg (toMatrix _ _) hPQ).trans toMatrix_one
    · have h1 := toMatrix_mul (n := N.width 0) hrq (length_of_hasShape hpr)
      rw [toMatrix_mul hr (length_of_hasShape hQ), toMatrix_mul hP' (length_of_hasShape hr), hR]
        at h1
      refine h1.symm.trans ?_
      exact (congrArg (toMatrix _ _) hRQ).trans hR
    · have h1 := Bound.value_le hcheck hA
      have h2 : (N.lossValue : ℝ) ≤ f.bound.value (N.width N.depth) N.y f.left.length := by
        exact_mod_cast hmin
      rw [← loss_point hN, loss] at h2
      have h3 : endToEnd N.point = (endToEnd (N.ratPointOf N.weights)).map (Rat.castHom ℝ) :=
        endToEnd_map _
      rw [h3] at h2
      exact h2.trans h1

end Net

end Certificate

end DeepLinear
