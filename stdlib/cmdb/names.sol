// Names that AWS and the network give to things.

/// An Amazon resource name.
type Arn = String where /^arn:aws[a-z-]*:[a-z0-9-]+:/

/// A TCP or UDP port.
type Port = Int where 1..65535

/// A host name; `*.shop.example` stands for every name below.
type HostName = String where /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/

/// An AWS region.
type Region = String where /^[a-z]{2}(-[a-z]+)+-[0-9]$/
