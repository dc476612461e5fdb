// file: solutions/token.sol
pragma solidity ^0.8.0; // error: [solidity-source]

contract Token {}
