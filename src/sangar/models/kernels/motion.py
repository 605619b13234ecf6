"""Near-constant-velocity motion: predict a position-velocity state and its packed covariance.

    x' = F x,  P' = F P Fᵀ + Q,  F = [[I, I dt], [0, I]],  Q = q [[dt³/3, dt²/2], [dt²/2, dt]] on each axis

Source: Bar-Shalom, Li & Kirubarajan (2001), Estimation with Applications to Tracking and Navigation, section 6.2.2.
"""

from sangar.core.jit import kernel


@kernel
def predict_constant_velocity(state, covariance, dt_s, noise, vertical_noise):
    """Move a (6,) state and its packed (21,) covariance `dt_s` ahead; noise in m²/s³, horizontal and vertical.

    The axes are decoupled in F, so the product is written out: position block, cross block, velocity block.
    """
    half_square, cube = 0.5 * dt_s * dt_s, dt_s * dt_s * dt_s / 3.0
    for i in range(3):
        state[i] += state[i + 3] * dt_s
        row_v = (i + 3) * (i + 4) // 2
        for j in range(i + 1):
            row_w = (j + 3) * (j + 4) // 2
            covariance[i * (i + 1) // 2 + j] += (
                dt_s * (covariance[row_v + j] + covariance[row_w + i]) + dt_s * dt_s * covariance[row_v + j + 3]
            )
    for i in range(3):
        row_v = (i + 3) * (i + 4) // 2
        for j in range(3):
            velocity = covariance[row_v + j + 3] if j <= i else covariance[(j + 3) * (j + 4) // 2 + i + 3]
            covariance[row_v + j] += dt_s * velocity
    for i in range(3):
        q = noise if i < 2 else vertical_noise
        row_v = (i + 3) * (i + 4) // 2
        covariance[i * (i + 1) // 2 + i] += q * cube
        covariance[row_v + i] += q * half_square
        covariance[row_v + i + 3] += q * dt_s
