/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear
import Tools.Tag

/-!
# The headline theorems

Which theorems state the problems of the assignment and the results of the papers: for each problem
the one that says it as the sheet or the paper does (`main`), and the others.
-/

open Matrix

namespace DeepLinear

attribute [assignment "P1.1" main] hasDerivAt_populationLoss_entry
attribute [assignment "P1.1"] hasFDerivAt_populationLoss

attribute [assignment "P1.2" main] hasDerivAt_populationLoss_first
attribute [assignment "P1.2" main] hasDerivAt_populationLoss_second

attribute [assignment "P1.3" main] hasDerivAt_populationLoss_endToEnd_entry
attribute [assignment "P1.3"] hasFDerivAt_populationLoss_endToEnd

attribute [assignment "P1.4" main] hasDerivAt_datasetLoss_entry
attribute [assignment "P1.4"] hasFDerivAt_datasetLoss_endToEnd

attribute [assignment "P2" main] not_convex_setOf_rank_le
attribute [assignment "P2"] not_convex_setOf_rank_le_of_lt_min
attribute [assignment "P2"] convex_setOf_rank_le_iff

attribute [assignment "P3.1" main] isCritical_zero

attribute [assignment "P3.2" main] isSaddle_zero_of_noBottleneck
attribute [assignment "P3.2"] not_isLocalMin_zero_and_not_isLocalMax_zero
attribute [assignment "P3.2"] isSaddle_zero

attribute [assignment "P3.3" main] hasDerivAt_deriv_zero
attribute [assignment "P3.3"] hasFDerivAt_fderiv_zero
attribute [assignment "P3.3"] hasDerivAt_deriv_zero_of_two_layers
attribute [assignment "P3.3"] exists_hasDerivAt_deriv_zero_pos_and_neg

attribute [assignment "P4" main] isMinOn_of_isLocalMin_of_rank_eq
attribute [assignment "P4"] rank_eq_card_iff_isUnit
attribute [assignment "P4"] isMinOn_of_isCritical_of_isUnit
attribute [assignment "P4"] isMinOn_of_isCritical_residual
attribute [assignment "P4"] isMinOn_datasetLoss_of_isCritical

attribute [assignment "P5" main] isMinOn_of_isLocalMin_populationLoss
attribute [assignment "P5"] exists_datasetLoss_eq_populationLoss
attribute [assignment "P5"] populationLoss_sum_dirac
attribute [assignment "P5"] isMinOn_populationLoss_of_isLocalMinOn
attribute [assignment "P5"] isLocalMinOn_of_isLocalMin_populationLoss

attribute [assignment "LK1" main] isLocalMinOn_of_isLocalMin
attribute [assignment "LK1"] isLocalMin_iff_isLocalMinOn
attribute [assignment "LK1"] isLocalMinOn_of_isLocalMin_datasetLoss
attribute [assignment "LK1"] exists_endToEnd_eq
attribute [assignment "LK1"] nhdsWithin_le_map_endToEnd
attribute [assignment "LK1"] isLocalMinOn_rank_le
attribute [assignment "LK1"] deriv_eq_zero_of_isLocalMin_of_rank_lt

attribute [assignment "LB" main] isMinOn_of_isLocalMin_of_noBottleneck

attribute [assignment "LK2" main] isMinOn_datasetLoss_of_isLocalMinOn
attribute [assignment "LK2"] isMinOn_sqNorm_of_rotation
attribute [assignment "LK2"] isMinOn_sqNorm_of_isLocalMinOn
attribute [assignment "LK2"] exists_projector_isMinOn_sqNorm
attribute [assignment "LK2"] isLeast_sqNorm_sub
attribute [assignment "LK2"] isMinOn_of_isLocalMinOn

attribute [assignment "LK3" main] isMinOn_of_isLocalMin_of_any_data
attribute [assignment "LK3"] exists_isMinOn_deep_eq_shallow
attribute [assignment "LK3"] exists_isLocalMin_not_isMinOn
attribute [assignment "LK3"] isMinOn_univ_iff_isMinOn_rank_le
attribute [assignment "LK3"] isMinOn_of_isLocalMin

attribute [assignment "K16" main] isSaddle_of_isCritical
attribute [assignment "K16"] isStrictSaddle_of_isCritical
attribute [assignment "K16"] isStrictSaddle_of_rank_eq
attribute [assignment "K16"] isStrictSaddle_of_two_layers
attribute [assignment "K16"] not_isLocalMax
attribute [assignment "K16"] not_isStrictSaddle_zero
attribute [assignment "K16"] not_convexOn_and_not_concaveOn

attribute [assignment "SO" main] isMinOn_or_isStrictSaddle_or_flat
attribute [assignment "SO"] not_isStrictSaddle_populationLoss_iff
attribute [assignment "SO"] isMinOn_or_isStrictSaddle_of_rank_eq
attribute [assignment "SO"] exists_projector_of_isCritical
attribute [assignment "SO"] not_isStrictSaddle_iff

attribute [assignment "AE" main] isLocalMin_autoencoder_iff
attribute [assignment "AE"] isProjector_of_isCritical

attribute [assignment "MC" main] eq_of_isLocalMin_maskedLoss
attribute [assignment "MC"] isLocalMin_maskedLoss_iff

attribute [assignment "FLOW" main] hasDerivWithinAt_endToEnd_of_isBalanced
attribute [assignment "FLOW"] hasDerivWithinAt_datasetLoss
attribute [assignment "FLOW"] imbalance_eq
attribute [assignment "FLOW"] datasetLoss_sub_le_exp
attribute [assignment "FLOW"] hasDerivWithinAt_endToEnd_apply
attribute [assignment "FLOW"] head_transpose_mul_head
attribute [assignment "FLOW"] tail_mul_transpose_tail
attribute [assignment "FLOW"] exists_isDatasetFlow
attribute [assignment "FLOW"] eqOn_of_isDatasetFlow
attribute [assignment "FLOW"] exists_populationFlow

attribute [assignment "SAXE" main] isDatasetFlow_alignedWeights
attribute [assignment "SAXE"] hasDerivAt_sqrt_saxeMode
attribute [assignment "SAXE"] tendsto_saxeMode
attribute [assignment "SAXE"] saxeMode_halfTime
attribute [assignment "SAXE"] strictAntiOn_saxeHalfTime
attribute [assignment "SAXE"] saxeHalfTime_two_lt_three

attribute [assignment "ACGH" main] exists_tendsto_isMinOn_of_sublevel
attribute [assignment "ACGH"] datasetLoss_sub_le_exp_of_sublevel
attribute [assignment "ACGH"] exists_tendsto_isMinOn_of_margin

attribute [assignment "GD" main] exists_tendsto_of_gradientDescent_deep

end DeepLinear
