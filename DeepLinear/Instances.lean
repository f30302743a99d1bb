/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Instances.Basic
import DeepLinear.Instances.Completion
import DeepLinear.Instances.Flow
import DeepLinear.Instances.Gradient
import DeepLinear.Instances.Landscape
import DeepLinear.Instances.Origin
import DeepLinear.Instances.Population
import DeepLinear.Instances.RankBounded
import DeepLinear.Instances.Saddles
import DeepLinear.Instances.SecondOrder
import DeepLinear.Instances.SquareFullRank
import DeepLinear.Instances.Training
