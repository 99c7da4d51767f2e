//! The figures of every single user.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The values of the user-averaged metrics, user by user. What a bootstrap resamples.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PerUser {
    /// The evaluated users, ascending.
    pub users: Vec<u32>,
    /// For each figure, such as `recall@20`, the values of the users in that order.
    pub values: BTreeMap<String, Vec<f64>>,
}

/// Figures of users while they are collected: one row for each user, users in any order.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    columns: usize,
    users: Vec<u32>,
    figures: Vec<f64>,
}

impl Rows {
    pub fn new(columns: usize) -> Self {
        Self { columns, users: Vec::new(), figures: Vec::new() }
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn push(&mut self, user: u32, figures: impl Iterator<Item = f64>) {
        self.users.push(user);
        self.figures.extend(figures);
        debug_assert_eq!(self.figures.len(), self.users.len() * self.columns);
    }

    pub fn append(&mut self, other: Self) {
        self.users.extend(other.users);
        self.figures.extend(other.figures);
    }

    /// The users, ascending, and the columns in that order. Sums over users then have one order.
    pub fn into_columns(self) -> (Vec<u32>, Vec<Vec<f64>>) {
        let mut order: Vec<usize> = (0..self.users.len()).collect();
        order.sort_unstable_by_key(|&row| self.users[row]);
        let column = |index: usize| -> Vec<f64> {
            order.iter().map(|&row| self.figures[row * self.columns + index]).collect()
        };
        let columns = (0..self.columns).map(column).collect();
        (order.iter().map(|&row| self.users[row]).collect(), columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns_in_order_of_users() {
        let mut rows = Rows::new(2);
        rows.push(5, [0.5, 50.0].into_iter());
        let mut other = Rows::new(2);
        other.push(3, [0.3, 30.0].into_iter());
        rows.append(other);
        let (users, columns) = rows.into_columns();
        assert_eq!(users, [3, 5]);
        assert_eq!(columns, [[0.3, 0.5], [30.0, 50.0]]);
    }
}
