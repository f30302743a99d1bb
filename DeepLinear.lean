import DeepLinear.Gradient
import DeepLinear.Instances
import DeepLinear.Loss
import DeepLinear.Network
import DeepLinear.RankBounded
import DeepLinear.SquareFullRank
