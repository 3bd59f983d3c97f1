"""Answers to small exercises, right and wrong, and tests of them as a notebook of a course holds them."""

from __future__ import annotations

GIVEN = """
import math
import random
from collections import Counter, OrderedDict

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

N = 4
WORDS = ["pen", "paper", "pen"]
TABLE = {"a": 1, "b": 2}
SAMPLE = torch.arange(6, dtype=torch.float32).reshape(2, 3)

def twice(x):
    return 2 * x

def mean_of(values):
    return twice(sum(values)) / (2 * len(values))

def count_parameters(model):
    return sum(p.numel() for p in model.parameters())

class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b
"""

TORCH = {
    "Net": [
        """
class Net(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b), nn.Linear(b, b)])
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.drop(x)
""",
        """
class Net(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.layers = [nn.Linear(a, b), nn.Linear(b, b)]

    def forward(self, x):
        return self.layers[0](x)
""",
        """
def Net(a, b):
    return nn.Sequential(nn.Linear(a, b), nn.Linear(b, b))
""",
        """
class Net:
    def __init__(self, a, b):
        self.layers = []

    def __call__(self, x):
        return x
""",
        """
Net = None
""",
    ],
    "scale": [
        """
def scale(x):
    return (x - x.mean()) / x.std()
""",
        """
def scale(x):
    return x - x.mean()
""",
        """
def scale(x):
    x -= x.mean()
    x /= x.std()
    return x
""",
        """
def scale(x):
    return x.numpy()
""",
    ],
    "noise": [
        """
def noise(n):
    return torch.randn(n)
""",
        """
def noise(n):
    return torch.zeros(n)
""",
        """
def noise(n):
    torch.manual_seed(0)
    return torch.randn(n)
""",
        """
def noise(n):
    return np.random.randn(n)
""",
    ],
    "total": [
        """
def total(x):
    return np.sum(x)
""",
        """
def total(x):
    return float(np.sum(x))
""",
        """
def total(x):
    return torch.tensor(np.sum(x))
""",
        """
def total(x):
    return int(np.sum(x)) + 1
""",
        """
def total(x):
    return str(np.sum(x))
""",
    ],
}
PLAIN = {
    "unique": [
        """
def unique(xs):
    return set(xs)
""",
        """
def unique(xs):
    return list(dict.fromkeys(xs))
""",
        """
def unique(xs):
    xs.clear()
    return {'pen'}
""",
        """
def unique(xs):
    return frozenset(xs)
""",
    ],
    "factorial": [
        """
def factorial(n):
    if n < 0:
        raise ValueError('n is negative')
    return math.prod(range(1, n + 1))
""",
        """
def factorial(n):
    return n * factorial(n - 1) if n else 1
""",
        """
def factorial(n):
    return float(math.prod(range(1, n + 1)))
""",
        """
def factorial(n):
    raise TypeError('no')
""",
        """
def factorial(n):
    assert n >= 0, 'n is negative'
    return math.prod(range(1, n + 1))
""",
    ],
    "count": [
        """
def count(words):
    return Counter(words)
""",
        """
def count(words):
    return {w: words.count(w) for w in words}
""",
        """
def count(words):
    return [(w, words.count(w)) for w in words]
""",
    ],
    "sort": [
        """
def sort(xs):
    xs.sort()
""",
        """
def sort(xs):
    return sorted(xs)
""",
        """
def sort(xs):
    xs[:] = sorted(xs, reverse=True)
""",
        """
def sort(xs):
    xs.sort()
    return xs
""",
    ],
    "Account": [
        """
class Account:
    fee = 1
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
    def pay(self, n):
        if n > self.balance:
            raise LookupError('too much')
        self.balance -= n + self.fee
        return self
    def __str__(self):
        return f'{self.owner}: {self.balance}'
    def __eq__(self, other):
        return str(self) == str(other)
""",
        """
class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
    def pay(self, n):
        self.balance -= n
""",
        """
def Account(owner, balance=0):
    return {'owner': owner, 'balance': balance}
""",
    ],
    "numbers": [
        """
def numbers():
    i = 0
    while True:
        yield i
        i += 2
""",
        """
def numbers():
    return iter([0, 2])
""",
        """
def numbers():
    return [0, 2, 4, 6]
""",
        """
def numbers():
    return 7
""",
    ],
    "apply": [
        """
def apply(f, xs):
    return [f(x) for x in xs]
""",
        """
def apply(f, xs):
    return map(f, xs)
""",
        """
def apply(f, xs):
    return xs
""",
    ],
    "swap": [
        """
def swap(pair):
    return Pair(pair.b, pair.a)
""",
        """
def swap(pair):
    pair.a, pair.b = pair.b, pair.a
    return pair
""",
        """
def swap(pair):
    return pair
""",
    ],
    "best": [
        """
best = {'rate': 0.1, 'sizes': [3, 4]}
""",
        """
best = {'rate': 2}
""",
        """
best = (0.1, [3, 4])
""",
    ],
    "limit": [
        """
limit = N + 1
""",
        """
limit = N
""",
        """
limit = float(N + 1)
""",
    ],
}
"""By the name that they define; the first answer is right."""

TESTS = [
    """
net = Net(3, 4)
assert net(torch.zeros(2, 3)).shape == (2, 4)
""",
    """
assert count_parameters(Net(3, 4)) == 16 + 20
""",
    """
net = Net(3, 4)
assert isinstance(net, nn.Module)
assert not isinstance(net, nn.Linear)
assert callable(net)
""",
    """
net = Net(3, 4)
assert len(net.layers) == 2 and net.layers[1].weight.shape == (4, 4)
assert [tuple(p.shape) for p in net.parameters()] == [(4, 3), (4,), (4, 4), (4,)]
""",
    """
net = Net(3, 4)
net.eval()
x = torch.randn(5, 3)
assert torch.equal(net(x), net(x))
""",
    """
net = Net(3, 4)
x = torch.randn(5, 3)
assert not torch.equal(net(x), net(x))
""",
    """
torch.manual_seed(0)
net = Net(3, 4)
net.eval()
x = torch.ones(1, 3)
assert abs(net(x).sum().item() - 0.0906) < 0.5
""",
    """
torch.manual_seed(3)
a = noise(4)
torch.manual_seed(3)
assert torch.equal(a, torch.randn(4))
""",
    """
assert not torch.equal(noise(5), noise(5))
""",
    """
torch.manual_seed(1)
a = noise(2)
b = torch.randn(2)
torch.manual_seed(1)
assert torch.equal(torch.cat([torch.as_tensor(a), b]), torch.randn(4))
""",
    """
x = torch.tensor([1., 2., 3.])
y = scale(x)
assert torch.allclose(y, torch.tensor([-1., 0., 1.]))
assert torch.equal(x, torch.tensor([1., 2., 3.])), 'x has changed'
""",
    """
np.testing.assert_allclose(scale(SAMPLE), (SAMPLE - 2.5) / SAMPLE.std(), rtol=1e-5)
""",
    """
torch.testing.assert_close(scale(SAMPLE), (SAMPLE - SAMPLE.mean()) / SAMPLE.std())
""",
    """
assert isinstance(scale(SAMPLE), torch.Tensor) and scale(SAMPLE).dtype == torch.float32
""",
    """
assert total([1, 2]) == 3
""",
    """
assert isinstance(total([1.0, 2.0]), float)
""",
    """
assert type(total([1, 2])) is np.int64
""",
    """
assert type(total([1, 2])) in (int, float)
""",
    """
assert unique(WORDS) == {'pen', 'paper'}
assert WORDS == ['pen', 'paper', 'pen']
""",
    """
assert len(unique(list(WORDS))) == mean_of([1, 3])
""",
    """
assert factorial(30) == 265252859812191058636308480000000
assert type(factorial(5)) == int
""",
    """
try:
    factorial(-1)
except ValueError as error:
    assert 'negative' in str(error)
else:
    assert False, 'no error'
""",
    """
import pytest
with pytest.raises((ValueError, AssertionError), match='negative'):
    factorial(-1)
""",
    """
from nose.tools import assert_equal, assert_raises
assert_equal(factorial(3), 6)
assert_raises(ValueError, factorial, -2)
""",
    """
import unittest
t = unittest.TestCase()
t.assertEqual(factorial(4), 24)
with t.assertRaises(ValueError):
    factorial(-2)
""",
    """
assert count(WORDS) == {'pen': 2, 'paper': 1}
assert count([]) == {}
""",
    """
for i in range(N):
    assert factorial(i) == math.factorial(i), f'{i}! is not {factorial(i)}'
""",
    """
xs = [3, 1, 2]
assert sort(xs) is None
assert xs == [1, 2, 3]
""",
    """
grid = [[2, 1], [4, 3]]
row = grid[0]
for r in grid:
    sort(r)
assert row == [1, 2]
""",
    """
a = Account('Kim', 10)
a.pay(3).pay(1)
assert a.balance == 4 and a.owner == 'Kim'
""",
    """
assert str(Account('Kim', 5)) == 'Kim: 5'
assert Account('Kim', 5) == Account('Kim', 5)
""",
    """
a = Account('Kim', balance=1)
try:
    a.pay(5)
    failed = False
except LookupError:
    failed = True
assert failed and a.balance == 1
""",
    """
a = Account('Kim')
a.balance = 7
a.pay(1)
assert a.balance < 7
assert hasattr(a, 'owner') and not hasattr(a, 'x')
""",
    """
assert Account.fee == 1
assert isinstance(Account('x'), Account)
""",
    """
g = numbers()
assert [next(g), next(g), next(g)] == [0, 2, 4]
""",
    """
found = []
for n in numbers():
    if n > 5:
        break
    found.append(n)
assert found == [0, 2, 4]
""",
    """
assert list(apply(twice, [1, 2])) == [2, 4]
""",
    """
assert list(apply(lambda x: x + 1, [1, 2])) == [2, 3]
""",
    """
assert list(apply(len, ['ab', 'c'])) == [2, 1]
assert list(apply(factorial, [3])) == [6]
""",
    """
p = Pair(1, 2)
q = swap(p)
assert (q.a, q.b) == (2, 1)
""",
    """
p = Pair(1, 2)
swap(p)
assert (p.a, p.b) == (1, 2)
""",
    """
assert best['rate'] == 0.1 and best['sizes'][0] == 3
""",
    """
assert isinstance(best, dict) and set(best) == {'rate', 'sizes'}
""",
    """
best['rate'] = 5
assert best['rate'] == 5
""",
    """
assert limit == 5 and type(limit) is int
""",
    """
assert 'limit' in globals()
""",
    """
def close(a, b, eps=1e-9):
    return abs(a - b) < eps
assert close(limit, N + 1)
assert close(total([1, 2]), 3)
""",
    """
assert all(factorial(n) > 0 for n in range(3)) and [count for count in [1, 2]] == [1, 2]
""",
    """
limit = 3
assert limit == 3
""",
    """
old = N
N = 9
assert factorial(2) == 2 and old == 4
""",
    """
x = torch.ones(3, requires_grad=True)
scale(x * torch.arange(3.)).sum().backward()
assert x.grad is not None
""",
    """
assert factorial.__name__ == 'factorial'
""",
    """
assert best is best
""",
    """
sizes = best['sizes']
sizes.append(5)
assert len(best['sizes']) == 3
""",
    """
a = Account('Kim', 3)
items = [a]
items.append(Account('Lee'))
assert len(items) == 2
""",
    """
xs = [1]
b = sort(xs)
xs.append(0)
assert xs == [1, 0]
""",
    """
x = SAMPLE.clone()
y = scale(x)
y[0, 0] = 7
assert x[0, 0] != 7
""",
    """
a = Account('Kim', 9)
kept = a.owner
a.pay(1)
assert kept == a.owner
""",
    """
out = []
for n in (2, 3):
    out.append(factorial(n))
assert out == [2, 6]
""",
    """
t = 0
for n in range(3):
    t += factorial(n)
assert t == 4
""",
    """
assert {w: n for w, n in count(WORDS).items()} == {'pen': 2, 'paper': 1}
""",
    """
text = f'{factorial(3):03d}'
assert text == '006'
""",
    """
assert max(unique(['b', 'a'])) == 'b'
assert sorted(unique(['b', 'a'])) == ['a', 'b']
""",
    """
x, y = best['sizes']
assert x + y == 7
""",
    """
def check(n):
    limit = n
    return factorial(limit)
assert check(3) == 6
""",
    """
assert (limit if limit > 3 else 0) == 5
""",
    """
with torch.no_grad():
    y = Net(3, 4)(torch.ones(1, 3))
assert y.ndim == 2 and not torch.isnan(y).any()
""",
    """
data = np.arange(4.0)
assert np.isclose(total(data), 6.0)
assert data.sum() == 6.0
""",
    """
assert abs(mean_of([total([1, 2]), total([3, 4])]) - 5) < 1e-9
""",
    """
copy = dict(TABLE)
assert count(['a']) == {k: v for k, v in copy.items() if v == 1}
""",
    """
print('checking', factorial(3))
assert factorial(3) == 6
""",
    "words = '''pen\npen'''.split()\nassert count(words) == {'pen': 2}",
    """
if limit > 4:
    assert factorial(limit) == 120
else:
    raise RuntimeError('limit')
""",
    """
import copy
xs = [2, 1]
ys = copy.deepcopy(xs)
sort(ys)
assert xs == [2, 1]
""",
    """
assert repr(factorial(3)) == '6'
""",
    """
assert sum(1 for _ in zip(numbers(), range(3))) >= 2
""",
]
"""Some are judged on our side and some are weak: what they say has to be the same either way."""
