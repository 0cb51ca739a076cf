"""write_indices.py FILE VALUE...: writes i32 values as a .npy file of one axis, without NumPy."""

import struct
import sys

path, *values = sys.argv[1:]
header = f"{{'descr': '<i4', 'fortran_order': False, 'shape': ({len(values)},), }}".ljust(117) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    file.write(struct.pack(f"<{len(values)}i", *map(int, values)))
