# %% numbers from a pocket calculator kind="right"
slips = Answers()
slips["loss of D"] = 0.31
slips["objective of D"] = -0.62
slips["loss of G"] = -0.51
slips["best p_g"] = (0, 0, 1)
slips["noise"] = "p_z"

# %% torch, in a new dictionary kind="right"
o_r, o_f = torch.tensor(0.9), torch.tensor(0.4)
slips = {
    "loss of D": 0.5 * (-o_r.log() - (1 - o_f).log()),
    "objective of D": o_r.log() + torch.log1p(-o_f),
    "loss of G": torch.log(1 - o_f),
    "best p_g": torch.nn.functional.one_hot(torch.tensor([0.2, 0.5, 0.9]).argmax(), 3).float(),
    "noise": "p_z",
}

# %% numpy, with the best p_g found by search kind="right"
log_not_d = np.log(1 - np.array([0.2, 0.5, 0.9]))
candidates = [np.array([i, j, 20 - i - j]) / 20 for i in range(21) for j in range(21 - i)]
slips = Answers({"noise": "p_z", "best p_g": min(candidates, key=lambda p: p @ log_not_d)})
slips["objective of D"] = np.log([0.9, 0.6]).sum()
slips["loss of D"] = -slips["objective of D"] / 2
slips["loss of G"] = np.log(0.6)

# %% the fake is scored twice, as it stands kind="wrong" fails="A6-hidden-loss-of-D" says="scored twice"
slips = Answers(
    {
        "objective of D": math.log(0.54),
        "loss of G": math.log(0.6),
        "best p_g": [0, 0, 1],
        "noise": "p_z",
    }
)
slips["loss of D"] = 0.5 * (-math.log(0.4) - math.log(0.6))

# %% the lost logarithm stays lost kind="wrong" fails="A6-hidden-objective-of-D" says="still lacks its logarithm"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "loss of G": math.log(0.6),
        "best p_g": [0, 0, 1],
        "noise": "p_z",
    }
)
slips["objective of D"] = math.log(0.6) + 0.9

# %% the term without theta_g stays kind="wrong" fails="A6-hidden-loss-of-G" says="no theta_g occurs in it"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "objective of D": math.log(0.54),
        "best p_g": [0, 0, 1],
        "noise": "p_z",
    }
)
slips["loss of G"] = math.log(0.9) + math.log(0.6)

# %% the data for a given D kind="wrong" fails="A6-hidden-best-p_g" says="the optimum of the whole game"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "objective of D": math.log(0.54),
        "loss of G": math.log(0.6),
        "noise": "p_z",
    }
)
slips["best p_g"] = [0.2, 0.5, 0.3]

# %% noise from p_g kind="wrong" fails="A6-hidden-noise" says="the noise z goes in"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "objective of D": math.log(0.54),
        "loss of G": math.log(0.6),
        "best p_g": [0, 0, 1],
    }
)
slips["noise"] = "p_g"

# %% the best p_g where D is sure of a fake kind="wrong" fails="A6-hidden-best-p_g" says="G wants it small"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "objective of D": math.log(0.54),
        "loss of G": math.log(0.6),
        "noise": "p_z",
    }
)
slips["best p_g"] = [1.0, 0.0, 0.0]

# %% probabilities that do not add up kind="wrong" fails="A6-complete" says="add up to 1"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "objective of D": math.log(0.54),
        "loss of G": math.log(0.6),
        "noise": "p_z",
    }
)
slips["best p_g"] = [0.2, 0.5, 0.9]

# %% the non-saturating loss for a corrected one kind="wrong" fails="A6-hidden-loss-of-G" says="the non-saturating loss"
slips = Answers(
    {
        "loss of D": -math.log(0.54) / 2,
        "objective of D": math.log(0.54),
        "best p_g": [0, 0, 1],
        "noise": "p_z",
    }
)
slips["loss of G"] = -math.log(0.4)
