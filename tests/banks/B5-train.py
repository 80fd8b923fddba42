# %% updates in place, the global generator of random numbers kind="right"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    np.random.seed(seed)
    w, b = np.random.randn(4), np.random.randn()
    v, c = np.random.randn(4), np.random.randn(4)
    d_losses, g_losses = [], []
    for epoch in range(1, epochs + 1):
        d_epoch, g_epoch = [], []
        for face in faces:
            fake = sigmoid(v * np.random.rand() + c)
            d_epoch.append(-math.log(sigmoid(w @ face + b)) - math.log(1 - sigmoid(w @ fake + b)))
            on_face, on_fake = (
                discriminator_gradients(w, b, face, 1),
                discriminator_gradients(w, b, fake, 0),
            )
            w -= lr * (on_face[0] + on_fake[0])
            b -= lr * (on_face[1] + on_fake[1])
            z = np.random.rand()
            g_epoch.append(-math.log(sigmoid(w @ sigmoid(v * z + c) + b)))
            dv, dc = generator_gradients(v, c, w, b, z)
            v -= lr * dv
            c -= lr * dc
        d_losses.append(np.mean(d_epoch))
        g_losses.append(np.mean(g_epoch))
    return (w, b), (v, c), {"d_loss": d_losses, "g_loss": g_losses}


# %% two updates of D, the face first, as in the example that the lecture took kind="right"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, v, c = rng.standard_normal((3, 4))
    b = rng.standard_normal()
    history = {"d_loss": np.zeros(epochs), "g_loss": np.zeros(epochs)}
    for epoch in range(epochs):
        for x in faces:
            for label in (1, 0):
                image = x if label else sigmoid(rng.random() * v + c)
                a = w @ image + b
                history["d_loss"][epoch] += np.log1p(np.exp(-a if label else a)) / len(faces)
                dw, db = discriminator_gradients(w, b, image, label)
                w, b = w - lr * dw, b - lr * db
            z = rng.random()
            history["g_loss"][epoch] += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b)) / len(faces)
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
    return [w, b], [v, c], history


# %% two updates of D, the fake first, and the faces in a new order every epoch kind="right"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        losses = []
        for i in rng.permutation(len(faces)):
            x, x_fake = faces[i], sigmoid(rng.uniform() * v + c)
            d_loss = np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            for image, label in ((x_fake, 0), (x, 1)):
                dw, db = discriminator_gradients(w, b, image, label)
                w, b = w - lr * dw, b - lr * db
            z = rng.uniform()
            g_loss = np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
            losses.append((d_loss, g_loss))
        d_loss, g_loss = np.mean(losses, axis=0)
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return (w, b), (v, c), history


# %% all noise drawn before the first epoch, losses after the moves kind="right"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    noise_d, noise_g = rng.uniform(size=(2, epochs, len(faces)))
    d_loss, g_loss = np.zeros((2, epochs, len(faces)))
    for e in range(epochs):
        for i, x in enumerate(faces):
            x_fake = sigmoid(noise_d[e, i] * v + c)
            real, fake = (
                discriminator_gradients(w, b, x, 1),
                discriminator_gradients(w, b, x_fake, 0),
            )
            w, b = w - lr * (real[0] + fake[0]), b - lr * (real[1] + fake[1])
            d_loss[e, i] = np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dv, dc = generator_gradients(v, c, w, b, noise_g[e, i])
            v, c = v - lr * dv, c - lr * dc
            g_loss[e, i] = np.logaddexp(0, -(w @ sigmoid(noise_g[e, i] * v + c) + b))
    return (w, b), (v, c), {"d_loss": d_loss.mean(axis=1), "g_loss": g_loss.mean(axis=1).tolist()}


# %% noise first, parameters in one vector, a function for each turn kind="right"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    random = np.random.RandomState(seed)
    noise = random.rand(epochs, len(faces), 2)
    theta = random.normal(0, 1, 13)

    def turn(x, z_d, z_g):
        w, v, c = theta[:4], theta[4:8], theta[8:12]
        x_fake = sigmoid(z_d * v + c)
        a, a_fake = w @ x + theta[12], w @ x_fake + theta[12]
        pairs = [discriminator_gradients(w, theta[12], *shown) for shown in ((x, 1), (x_fake, 0))]
        theta[:4] -= lr * (pairs[0][0] + pairs[1][0])
        theta[12] -= lr * (pairs[0][1] + pairs[1][1])
        a_after = w @ sigmoid(z_g * v + c) + theta[12]
        dv, dc = generator_gradients(v, c, w, theta[12], z_g)
        theta[4:8] -= lr * dv
        theta[8:12] -= lr * dc
        return np.logaddexp(0, -a) + np.logaddexp(0, a_fake), np.logaddexp(0, -a_after)

    losses = np.array([[turn(x, *z) for x, z in zip(faces, zs)] for zs in noise])
    losses = losses.reshape(epochs, -1, 2).mean(axis=1)
    return (
        (theta[:4], theta[12:]),
        (theta[4:8], theta[8:12]),
        {"d_loss": losses[:, 0], "g_loss": losses[:, 1]},
    )


# %% everything written out, without a function of the exercise kind="right"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    s = lambda a: 0.5 * (1 + np.tanh(a / 2))
    history = {"d_loss": [], "g_loss": [], "epochs": epochs}
    for _ in range(epochs):
        d_sum = g_sum = 0
        for x in np.copy(faces):
            g = s(v * rng.uniform(0, 1) + c)
            a_x, a_g = x @ w + b, g @ w + b
            d_sum += np.log1p(np.exp(-a_x)) + np.log1p(np.exp(a_g))
            w, b = w + lr * ((1 - s(a_x)) * x - s(a_g) * g), b + lr * (1 - s(a_x) - s(a_g))
            z = rng.uniform(0, 1)
            g = s(v * z + c)
            a_g = g @ w + b
            g_sum += np.log1p(np.exp(-a_g))
            step = lr * (1 - s(a_g)) * w * g * (1 - g)
            v, c = v + z * step, c + step
        history["d_loss"] += [d_sum / len(faces)]
        history["g_loss"] += [g_sum / len(faces)]
    return (w, b), (v, c), history


# %% labels swapped kind="wrong" fails="B5-train-discriminator" says="the labels are swapped"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 0)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 1)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the fake given the label of data kind="wrong" fails="B5-train-discriminator" says="that is G's wish"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 1)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% D climbs kind="wrong" fails="B5-train-discriminator" says="D climbs its loss"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w + lr * (dw + dw_fake), b + lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the gradient on the fake subtracted kind="wrong" fails="B5-train-discriminator" says="the two are added"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw - dw_fake), b - lr * (db - db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the face alone kind="wrong" fails="B5-train-discriminator" says="from the face alone"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * dw, b - lr * db
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the fake alone kind="wrong" fails="B5-train-discriminator" says="from the fake alone"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * dw_fake, b - lr * db_fake
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the mean of both gradients kind="wrong" fails="B5-train-discriminator" says="added, not averaged"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake) / 2, b - lr * (db + db_fake) / 2
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the bias of D left out kind="wrong" fails="B5-train-discriminator" says="the bias b does not move"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w = w - lr * (dw + dw_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% D moves once more in the turn of G kind="wrong" fails="B5-train-discriminator" says="D has moved twice"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% noise in place of a fake kind="wrong" fails="B5-train-discriminator" says="not by lr against the sum"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = rng.uniform(size=4)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% fakes without the sigmoid kind="wrong" fails="B5-train-discriminator" says="has not gone through G's sigmoid"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = rng.uniform() * v + c
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% normal noise kind="wrong" fails="B5-train-discriminator" says="outside of [0, 1]"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.normal() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.normal()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% lr ignored kind="wrong" fails="B5-train-discriminator" says="is lr used"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    lr = 0.01
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% G climbs kind="wrong" fails="B5-train-generator" says="G climbs its loss"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v + lr * dv, c + lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% G against the D before its move kind="wrong" fails="B5-train-generator" says="as it was before its own move"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            old_w, old_b = w, b
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, old_w, old_b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% G first kind="wrong" fails="B5-train-generator" says="as it was before its own move"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the label 0 for G kind="wrong" fails="B5-train-generator" says="the label 0, which is D's loss"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            g = sigmoid(z * v + c)
            dc = sigmoid(w @ g + b) * w * g * (1 - g)
            dv = z * dc
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the saturating loss kind="wrong" fails="B5-train-generator" says="the saturating loss"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            g = sigmoid(z * v + c)
            dc = -sigmoid(w @ g + b) * w * g * (1 - g)
            dv = z * dc
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% v and c swapped kind="wrong" fails="B5-train-generator" says="the function returns (dv, dc)"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dc, dv = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% v left out kind="wrong" fails="B5-train-generator" says="v does not move"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            c = c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% c left out kind="wrong" fails="B5-train-generator" says="c does not move"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v = v - lr * dv
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% z forgotten in the move of v kind="wrong" fails="B5-train-generator" says="the factor z is missing"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dc, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% G moves twice in a turn kind="wrong" fails="B5-train-generator" says="G has moved twice"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% G does not move kind="wrong" fails="B5-train-generator" says="G does not move at all"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% z of the fake used again kind="wrong" fails="B5-train-hidden-noise" says="made from the same z"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            z = rng.uniform()
            x_fake = sigmoid(z * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% one z for the whole game kind="wrong" fails="B5-train-hidden-noise" says="stays the same from epoch to epoch"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    z_d, z = rng.uniform(size=2)
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(z_d * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% one z for an epoch kind="wrong" fails="B5-train-hidden-noise" says="stays the same from face to face"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        z_d, z = rng.uniform(size=2)
        for x in faces:
            x_fake = sigmoid(z_d * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% noise near zero alone kind="wrong" fails="B5-train-hidden-noise" says="that of U(0, 1) is 1/2"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() ** 4 * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform() ** 4
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the generator of random numbers made anew every turn kind="wrong" fails="B5-train-hidden-noise" says="stays the same from"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            rng = np.random.default_rng(seed)
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% G once an epoch kind="wrong" fails="B5-train-turns" says="Is its step inside the loop over faces"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
        z = rng.uniform()
        g_loss = len(faces) * np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
        dv, dc = generator_gradients(v, c, w, b, z)
        v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% one epoch too many kind="wrong" fails="B5-train-turns" says="each should have one turn in each epoch"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs + 1):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    for losses in history.values():
        losses.pop()
    return (w, b), (v, c), history


# %% one epoch too few, the last loss repeated kind="wrong" fails="B5-train-turns" says="each should have one turn in each epoch"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(max(1, epochs - 1)):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    for losses in history.values():
        losses += losses[-1:] * (epochs - len(losses))
    return (w, b), (v, c), history


# %% the last face forgotten kind="wrong" fails="B5-train-turns" says="[3, 3, 3, 0] times"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces[:-1] if len(faces) > 1 else faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% only the first face kind="wrong" fails="B5-train-turns" says="[12, 0, 0, 0] times"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x = faces[0]
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% faces drawn with replacement kind="wrong" fails="B5-train-turns" says="each should have one turn in each epoch"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x = faces[rng.integers(len(faces))]
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% return inside the loop kind="wrong" fails="B5-train-returns" says="entries after 3 epochs"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
        return (w, b), (v, c), history


# %% a loss for every turn kind="wrong" fails="B5-train-returns" says="one for each epoch is wanted"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
            history["d_loss"].append(d_loss)
            history["g_loss"].append(g_loss)
    return (w, b), (v, c), history


# %% no history kind="wrong" fails="B5-train-returns" says="should return three things"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c)


# %% history as a pair of lists kind="wrong" fails="B5-train-returns" says="should be the dictionary"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), (history["d_loss"], history["g_loss"])


# %% nothing returned kind="wrong" fails="B5-train-returns" says="is a return missing"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))


# %% the seed ignored kind="wrong" fails="B5-train-start" says="not made from the seed"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng()
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the same seed for all kind="wrong" fails="B5-train-start" says="the seed is ignored"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(0)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% parameters start at zero kind="wrong" fails="B5-train-start" says="there w = 0, and G has no gradient"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = np.zeros(4), 0.0, np.zeros(4), np.zeros(4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% parameters start in U(0, 1) kind="wrong" fails="B5-train-start" says="N(0, 1) is wanted"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.random(4), rng.random(), rng.random(4), rng.random(4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% noise from another generator kind="wrong" fails="B5-train-start" says="some of the randomness not made from the seed"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(np.random.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = np.random.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the sum of the losses kind="wrong" fails="B5-train-hidden-losses" says="the mean is wanted"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return (w, b), (v, c), history


# %% losses of the other player kind="wrong" fails="B5-train-hidden-losses" says="of the other player"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["g_loss"].append(d_loss / len(faces))
        history["d_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% values in place of losses kind="wrong" fails="B5-train-hidden-losses" says="a loss is above 0"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(-d_loss / len(faces))
        history["g_loss"].append(-g_loss / len(faces))
    return (w, b), (v, c), history


# %% the factor one half kind="wrong" fails="B5-train-hidden-losses" says="half of the loss"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / 2 / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the faces brightened in place kind="wrong" fails="B5-train-hidden-other-faces" says="has changed the faces"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        faces[0] *= 0.999
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the faces shuffled in place kind="wrong" fails="B5-train-hidden-other-faces" says="has changed the faces"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        rng.shuffle(faces)
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the usual faces, whatever is given kind="wrong" fails="B5-train-hidden-other-faces" says="lean to the other side"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    if len(faces) == 5:
        faces = two_by_two_faces()
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% lr cut down from epoch to epoch kind="wrong" fails="B5-train-learns" says="at least 0.2 brighter"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    lr /= 0.98
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        lr *= 0.98
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% the loss of the last face alone kind="wrong" fails="B5-train-hidden-losses" says="whatever the noise was"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss = np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss = np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return (w, b), (v, c), history


# %% the bias moved by the face alone kind="wrong" fails="B5-train-discriminator" says="not by lr against the sum"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * db
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history


# %% both networks in the wrong order in the result kind="wrong" fails="B5-train-returns" says="has 4 numbers and should have 1"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (v, c), (w, b), history


# %% the learning rate divided by the number of faces kind="wrong" fails="B5-train-discriminator" says="not by lr"
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    lr = lr / 5
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss, g_loss = 0.0, 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history
