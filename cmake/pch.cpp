// Holds the precompiled header (pch.h); CMake wants a source file for it.
