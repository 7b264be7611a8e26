# Instruction-set flags belong to single files, never to the program: each kernels_NAME.c is
# compiled for its own set and chosen at run time. Autovectorisation is off in the scalar
# references, or they would not be scalar.
if(CMAKE_C_COMPILER_ID MATCHES Clang)
  set(scalar_flags -fno-vectorize -fno-slp-vectorize)
else()
  set(scalar_flags -fno-tree-vectorize)
endif()
function(kernel_flags file)
  set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/kernels/${file}
    PROPERTIES COMPILE_OPTIONS "${ARGN}")
endfunction()
kernel_flags(kernels_scalar.c ${scalar_flags})
kernel_flags(kernels_scalar_fma.c ${scalar_flags})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  kernel_flags(kernels_sse41.c -O3 -msse4.1)
  kernel_flags(kernels_avx2.c -O3 -mavx2 -mfma)
  kernel_flags(kernels_avx512.c -O3 -mavx512f -mavx512bw -mavx512vl -mfma)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64|ARM64")
  kernel_flags(kernels_neon.c ${vector_flags}) # NEON is part of every 64-bit ARM
endif()
