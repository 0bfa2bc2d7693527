import PerformanceMeasurement
import Server

await ServiceProcess.main(PerformanceMeasurementService.self)
