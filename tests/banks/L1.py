# %% a faster D, and a slower G kind="right"
settle = {"D": {"lr_d": 1.0, "k": 5}, "G": {"lr_g": 0.008}}

# %% the learning rate of D as it was, with many steps kind="right"
settle = Answers(D={"k": 20, "lr_d": 0.4}, G={"lr_g": 0.003})

# %% numbers of other kinds, and momentum named as it is kind="right"
settle = Answers()
settle["D"] = {"k": np.int64(8), "lr_d": torch.tensor(1.0), "momentum_d": 0}
settle["G"] = dict(lr_g=np.float32(0.005), momentum_g=0.0)

# %% a little momentum that does no harm kind="right"
settle = Answers()
settle["D"] = {"k": 10, "lr_d": 1.0, "momentum_d": 0.1}
settle["G"] = {"lr_g": 0.004, "momentum_g": 0.1}

# %% a slower D kind="wrong" fails="L1-D" says="nearer to D*"
settle = {"D": {"lr_d": 0.02}, "G": {"lr_g": 0.005}}

# %% nothing changed kind="wrong" fails="L1-D" says="past the data"
settle = {"D": {}, "G": {}}

# %% smaller steps for both kind="wrong" fails="L1-D" says="may change k, lr_d"
settle = {"D": {"lr_d": 0.02, "lr_g": 0.02}, "G": {"lr_g": 0.005}}

# %% momentum for D kind="wrong" fails="L1-D" says="past the data"
settle = {"D": {"momentum_d": 0.9}, "G": {"lr_g": 0.005}}

# %% a D that does not learn kind="wrong" fails="L1-D" says="still 2.00 away"
settle = {"D": {"lr_d": 0.0}, "G": {"lr_g": 0.005}}

# %% a little faster is not enough kind="wrong" fails="L1-D" says="past the data"
settle = {"D": {"k": 2, "lr_d": 0.4}, "G": {"lr_g": 0.005}}

# %% a faster G kind="wrong" fails="L1-G" says="before D has followed"
settle = {"D": {"k": 6, "lr_d": 1.0}, "G": {"lr_g": 1.0}}

# %% a G that hardly moves kind="wrong" fails="L1-G" says="not for ever"
settle = {"D": {"k": 6, "lr_d": 1.0}, "G": {"lr_g": 1e-4}}

# %% momentum for G kind="wrong" fails="L1-G" says="before D has followed"
settle = {"D": {"k": 6, "lr_d": 1.0}, "G": {"momentum_g": 0.9}}

# %% G gets D's settings kind="wrong" fails="L1-G" says="may change lr_g"
settle = {"D": {"k": 6, "lr_d": 1.0}, "G": {"k": 6}}

# %% a number instead of settings kind="wrong" fails="L1-G" says="should be a dictionary"
settle = {"D": {"k": 6, "lr_d": 1.0}, "G": 0.005}

# %% a negative learning rate kind="wrong" fails="L1-G" says="0 or more"
settle = {"D": {"k": 6, "lr_d": 1.0}, "G": {"lr_g": -0.2}}
